"""P3, P4, S7, S8. What somebody outside can learn by trying, and how often they may try."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.actions import members
from accounts.models import User
from tests.cast import PASSWORD, client_of

pytestmark = pytest.mark.django_db
LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"


def plain(answer):
    """Status, address and words, but for tokens and what was typed."""
    body = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return answer.status_code, answer.get("Location"), body


def sign_in(email, password=PASSWORD, browser=None, **headers):
    return (browser or Client()).post(LOGIN, {"login": email, "password": password}, **headers)


def test_a_member_signs_in_and_out(anna):
    browser = Client()
    assert sign_in(anna.email, browser=browser).status_code == 302
    assert browser.get(reverse("accounts:settings")).status_code == 200
    browser.post("/accounts/logout/")
    assert browser.get(reverse("accounts:settings")).status_code == 302


def test_capitals_in_the_address_are_no_matter(anna):
    assert sign_in(anna.email.upper()).status_code == 302


def test_known_unknown_and_suspended_get_the_same_answer(anna, suspended):
    """P3. The suspended one even with the right password."""
    answers = [
        plain(sign_in(anna.email, "verkeerd-wachtwoord")),
        plain(sign_in("niemand@cast.invalid", "verkeerd-wachtwoord")),
        plain(sign_in(suspended.email, "verkeerd-wachtwoord")),
        plain(sign_in(suspended.email, PASSWORD)),
    ]
    assert answers[0][0] == 200
    assert len(set(answers)) == 1


def test_an_unknown_address_costs_a_hash_too(anna, monkeypatch):
    """P3. So that its time doesn't tell."""
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    sign_in("niemand@cast.invalid", "verkeerd")
    assert hashed == ["verkeerd"]


def test_a_reset_is_answered_alike_and_mails_only_a_member(anna, suspended, smtp_server, at_once):
    """P3."""
    answers = []
    for address in (anna.email, "niemand@cast.invalid", suspended.email):
        browser = Client()
        with at_once():
            first = plain(browser.post(RESET, {"email": address}))
        answers.append((first, plain(browser.get(first[1]))))
    assert len(set(answers)) == 1
    assert [mail.recipients for mail in smtp_server.inbox] == [[anna.email]]


def test_the_link_of_a_reset_sets_a_new_password_and_ends_the_sessions(anna, smtp_server, at_once):
    """P4."""
    signed_in = client_of(anna)
    with at_once():
        Client().post(RESET, {"email": anna.email})
    path = re.search(r"https://swexpertise\.invalid(/accounts/password/reset/key/\S+)", smtp_server.inbox[0].text)[1]
    browser = Client()
    form = browser.get(path, follow=True)
    new = "een-ander-lang-wachtwoord"
    with at_once():
        browser.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert sign_in(anna.email, new).status_code == 302
    assert signed_in.get(reverse("accounts:settings")).status_code == 302
    note = smtp_server.inbox[1]
    assert "127.0.0.1" not in note.message.as_string()


def test_a_forged_host_never_gets_into_a_mail(anna, smtp_server, at_once):
    """S8."""
    with at_once():
        assert Client().post(RESET, {"email": anna.email}, headers={"host": "evil.invalid"}).status_code == 400
        Client().post(RESET, {"email": anna.email}, headers={"x-forwarded-host": "evil.invalid"})
        Client().post(RESET, {"email": anna.email}, headers={"host": "localhost"})
    assert len(smtp_server.inbox) == 2
    for mail in smtp_server.inbox:
        assert "https://swexpertise.invalid/accounts/password/reset/key/" in mail.text
        assert "evil" not in mail.text and "localhost" not in mail.text


def test_five_wrong_passwords_in_five_minutes_close_an_account_for_a_while(anna, bram):
    """S7. And nobody else's."""
    for number in range(5):
        sign_in(anna.email, "verkeerd", REMOTE_ADDR=f"192.0.2.{number + 1}")
    assert sign_in(anna.email, REMOTE_ADDR="192.0.2.9").status_code != 302
    assert sign_in(bram.email, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_an_unknown_address_is_closed_alike(anna):
    """P3, S7."""
    seen = []
    for address in (anna.email, "niemand@cast.invalid"):
        for number in range(5):
            sign_in(address, "verkeerd", REMOTE_ADDR=f"192.0.2.{number + 1}")
        seen.append(plain(sign_in(address, "verkeerd", REMOTE_ADDR="192.0.2.9")))
        cache.clear()
    assert seen[0] == seen[1]


def test_ten_tries_a_minute_from_one_place_and_a_forged_header_changes_nothing(anna):
    """S7."""
    for number in range(10):
        sign_in(f"iemand{number}@cast.invalid", "verkeerd", headers={"x-forwarded-for": f"198.51.100.{number}"})
    assert sign_in(anna.email, headers={"x-forwarded-for": "203.0.113.7"}).status_code == 429
    assert sign_in(anna.email, REMOTE_ADDR="192.0.2.77").status_code == 302


def test_ending_the_other_sessions_keeps_this_one(anna):
    """P4."""
    here, there = client_of(anna), client_of(anna)
    here.post(reverse("accounts:end_other_sessions"))
    assert here.get(reverse("accounts:settings")).status_code == 200
    assert there.get(reverse("accounts:settings")).status_code == 302


def test_suspending_ends_every_session_and_restoring_revives_none(anna, coordinator):
    """P4, S3."""
    browser = client_of(anna)
    members.suspend(by=coordinator, user=anna)
    assert browser.get(reverse("accounts:settings")).status_code == 302
    members.restore(by=coordinator, user=anna)
    assert browser.get(reverse("accounts:settings")).status_code == 302
    anna.refresh_from_db()
    assert client_of(anna).get(reverse("accounts:settings")).status_code == 200


def test_the_address_cannot_be_changed_without_a_coordinator(anna):
    """P2. allauth's page would skip the second step."""
    assert client_of(anna).get("/accounts/email/").status_code == 404


@pytest.mark.parametrize("door", ["/nl/_util/login/", "/en/_util/login/", "/cms/login/"])
def test_there_is_no_other_door_to_try_passwords_at(anna, door):
    """S7, P2. A sign-in page of Wagtail would count no tries and skip the second step."""
    browser = Client()
    browser.post(door, {"username": anna.email, "login": anna.email, "password": PASSWORD})
    assert "_auth_user_id" not in browser.session


def test_the_password_is_asked_again_before_a_second_step_is_changed(anna):
    """P2."""
    browser = client_of(anna)
    assert browser.get("/accounts/2fa/").status_code == 200
    asked = browser.get("/accounts/2fa/totp/activate/")
    assert asked.status_code == 302 and "/reauthenticate/" in asked.url
    wrong = browser.post(asked.url, {"password": "verkeerd"})
    assert wrong.status_code == 200
    right = browser.post(asked.url, {"password": PASSWORD})
    assert right.url == "/accounts/2fa/totp/activate/"
    assert browser.get(right.url).status_code == 200


def test_a_second_step_is_asked_for_and_its_secret_is_unreadable_in_the_table(anna):
    """P2."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(anna, secret)
    assert secret not in str(Authenticator.objects.values())
    browser = Client()
    answer = sign_in(anna.email, browser=browser)
    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in browser.session
    assert browser.get(answer.url).status_code == 200
