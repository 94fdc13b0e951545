"""P1. Nobody signs up; a link works once, for one address, for seven days, and looking spends nothing."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import sending
from accounts.actions import invitations
from accounts.models import Invitation, User
from accounts.models.invitation import hash_of
from tests.cast import client_of

pytestmark = pytest.mark.django_db
ADDRESS = "nieuw@cast.invalid"
CHOICE = {"called": "Noor Nieuw", "password": "een-heel-lang-wachtwoord"}


@pytest.fixture
def invited(coordinator):
    return invitations.invite(by=coordinator, email=ADDRESS, language="nl")


def link(secret):
    return reverse("experts:join", args=[secret])


def test_somebody_who_was_invited_chooses_a_name_and_is_in(invited):
    _invitation, secret = invited
    browser = Client()
    assert ADDRESS in browser.get(link(secret)).content.decode()
    answer = browser.post(link(secret), CHOICE)
    user = User.objects.get(email=ADDRESS)
    assert answer.url == reverse("experts:profile_edit")
    assert browser.get(answer.url).status_code == 200
    assert (user.called, user.names.get().is_first, user.preferences.language) == ("Noor Nieuw", True, "nl")
    assert user.preferences.mail_detail is None


def test_looking_spends_nothing(invited):
    invitation, secret = invited
    for _look in range(3):
        assert Client().get(link(secret)).status_code == 200
        assert Client().head(link(secret)).status_code == 200
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_the_table_holds_a_hash_and_no_secret(invited):
    invitation, secret = invited
    row = Invitation.objects.values().get(pk=invitation.pk)
    assert len(secret) == 64 and row["secret_hash"] == hash_of(secret)
    assert secret not in map(str, row.values())


def refusals(coordinator, at):
    """Each of the ways in which a link may fail."""
    _used, used_secret = invitations.invite(by=coordinator, email="used@cast.invalid", at=at)
    Client().post(link(used_secret), {**CHOICE, "called": "Gebruikt"})
    expired = invitations.invite(by=coordinator, email="old@cast.invalid", at=at - timedelta(days=7, seconds=1))[1]
    withdrawn, withdrawn_secret = invitations.invite(by=coordinator, email="back@cast.invalid", at=at)
    invitations.withdraw(by=coordinator, invitation=withdrawn, at=at)
    known = invitations.invite(by=coordinator, email=coordinator.email, at=at)[1]
    open_secret = invitations.invite(by=coordinator, email="open@cast.invalid", at=at)[1]
    tampered = open_secret[:-1] + ("0" if open_secret[-1] != "0" else "1")
    return {
        "used": used_secret,
        "expired": expired,
        "withdrawn": withdrawn_secret,
        "of an address with an account": known,
        "tampered": tampered,
        "invented": "x" * 64,
        "short": "x",
    }


def test_whatever_is_wrong_gets_one_and_the_same_answer(coordinator):
    """P1, P3. Same status, same words, for looking and for trying."""
    at = timezone.now()
    secrets = refusals(coordinator, at)
    from_suspended = invitations.invite(by=coordinator, email="late@cast.invalid", at=at)[1]
    seen = {}
    for why, secret in secrets.items():
        for method in ("get", "post"):
            answer = getattr(Client(), method)(link(secret), CHOICE if method == "post" else {})
            seen[why, method] = (answer.status_code, without_nonces(answer))
    coordinator.is_active = False
    coordinator.save()
    for method in ("get", "post"):
        answer = getattr(Client(), method)(link(from_suspended), CHOICE if method == "post" else {})
        seen["suspended inviter", method] = (answer.status_code, without_nonces(answer))
    statuses = {status for status, _words in seen.values()}
    words = {words for _status, words in seen.values()}
    assert statuses == {404} and len(words) == 1, {key: value[0] for key, value in seen.items()}


def without_nonces(answer):
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return re.sub(r'name="next" value="[^"]+"', "", body)


def test_an_inviter_who_lost_the_role_can_no_longer_let_in(invited, coordinator, administrator):
    """S3."""
    from accounts.actions import roles

    roles.give_role(by=administrator, user=coordinator, role="member")
    assert Client().get(link(invited[1])).status_code == 404


def test_a_link_works_once(invited):
    _invitation, secret = invited
    Client().post(link(secret), CHOICE)
    again = Client().post(link(secret), {**CHOICE, "called": "Iemand Anders"})
    assert again.status_code == 404
    assert User.objects.filter(email=ADDRESS).count() == 1


@pytest.mark.parametrize(
    "choice",
    [
        {"called": "Dora"},
        {"called": "D\u043era"},
        {"called": "x" * 300},
        {"password": "kort"},
        {"password": "nieuw@cast.invalid"},
    ],
)
def test_what_cannot_be_is_said_in_words_and_spends_nothing(invited, choice):
    """P15."""
    _invitation, secret = invited
    answer = Client().post(link(secret), CHOICE | choice)
    assert answer.status_code == 200 and answer.context["form"].errors
    assert not User.objects.filter(email=ADDRESS).exists()
    assert Client().post(link(secret), CHOICE).status_code == 302


def test_inviting_again_replaces_the_open_invitation(invited, coordinator):
    _again, secret = invitations.invite(by=coordinator, email=ADDRESS.upper())
    assert Client().get(link(invited[1])).status_code == 404
    assert Client().get(link(secret)).status_code == 200


def test_only_coordinators_invite(anna):
    with pytest.raises(PermissionDenied):
        invitations.invite(by=anna, email=ADDRESS)
    for page in ("experts:invite", "experts:invitations", "experts:members", "experts:circles"):
        assert client_of(anna).get(reverse(page)).status_code == 404
        assert Client().get(reverse(page)).status_code == 404


def test_the_mail_leaves_after_commit_in_the_language_chosen(coordinator, smtp_server, at_once):
    browser = client_of(coordinator)
    with at_once():
        browser.post(reverse("experts:invite"), {"email": ADDRESS, "language": "en"})
        assert not smtp_server.inbox
    (mail,) = smtp_server.to(ADDRESS)
    address = re.search(r"https://swexpertise\.invalid(/\S+)", mail.text)[1]
    assert mail.message["Subject"] == "An invitation for you"
    assert coordinator.email not in mail.message.as_string() and "Dora" not in mail.message.as_string()
    assert Client().get(address).status_code == 200


def test_the_mail_leaves_once_and_a_sweep_sends_what_was_left(invited, smtp_server):
    invitation, _secret = invited
    now = timezone.now()
    smtp_server.answer("451 4.3.0 Later")
    assert sending.mail_waiting(now=now) == 0
    assert sending.mail_waiting(now=now) == 1
    assert not sending.mail_invitation(invitation.pk, now=now)
    assert len(smtp_server.to(ADDRESS)) == 1


def test_an_address_with_an_account_is_answered_alike_and_not_mailed(coordinator, anna, smtp_server, at_once):
    """P3. The form can't be used to ask who is a member."""
    answers = []
    for address in (anna.email, ADDRESS):
        with at_once():
            answer = client_of(coordinator).post(reverse("experts:invite"), {"email": address, "language": "nl"})
        answers.append((answer.status_code, answer.url))
    assert answers[0] == answers[1]
    assert sending.mail_waiting(now=timezone.now()) == 0
    assert not smtp_server.to(anna.email) and smtp_server.to(ADDRESS)


def test_signing_up_is_closed(db):
    answer = Client().post("/accounts/signup/", {"email": ADDRESS, "password1": CHOICE["password"]})
    assert answer.status_code == 200
    assert not User.objects.filter(email=ADDRESS).exists()
