"""A session that ends while somebody writes loses nothing: the text goes along through sign-in and comes back (D4)."""

import random
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import carrying, crypto
from accounts.models import User
from discussions.actions import threads
from discussions.models import Draft, Post, Space, Thread
from tests.cast import PASSWORD, client_of
from tests.discussions.conftest import reply

LOGIN, SECOND = "/accounts/login/", "/accounts/2fa/authenticate/"
TEXT = "Een lang antwoord,\nmet “aanhaling”, <b>tekens</b> & emoji ☂ en canarischwoord."
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
AREA = re.compile(r'<textarea[^>]*name="([^"]*)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
ACTION = re.compile(r'<form class="form wide" method="post" action="([^"]*)"')


@pytest.fixture(autouse=True)
def fresh_counters() -> Any:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def address(thread: Thread) -> str:
    return reverse("discussions:reply", args=[thread.pk]) + "?to=1"


@pytest.fixture
def secret(bram: User) -> str:
    """Bram has a second step; this is what his app knows."""
    made = totp.generate_totp_secret()
    totp.TOTP.activate(bram, made)
    return made


def code_of(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))


def carried_on(answer: Any) -> str:
    fields = dict(HIDDEN.findall(answer.content.decode()))
    assert "carried" in fields, answer.content.decode()
    return unescape(fields["carried"])


def form_on(answer: Any) -> tuple[str, dict[str, str]]:
    """Where the form with the text leads, and what it sends when it is sent as it stands."""
    shown = answer.content.decode()
    [action] = ACTION.findall(shown)
    fields = {name: unescape(value) for name, value in HIDDEN.findall(shown) + AREA.findall(shown)}
    fields.pop("csrfmiddlewaretoken", None)
    return unescape(action), fields | {"again": "1"}


def sign_in(browser: Client, user: User, carried: str, password: str = PASSWORD) -> Any:
    return browser.post(LOGIN, {"login": user.email, "password": password, "carried": carried})


def test_a_text_sent_after_the_session_ended_comes_back_in_its_form(bram: User, address: str) -> None:
    """D4. Through real sign-in, an error round included; it is not placed, and placing it works."""
    browser = Client()
    met = browser.post(address, {"text": TEXT, "form_key": ""})
    assert met.status_code == 403 and "Je tekst gaat mee" in met.content.decode()
    assert met.headers["Cache-Control"] == "no-store"
    assert "canarischwoord" not in met.content.decode()
    wrong = sign_in(browser, bram, carried_on(met), "verkeerd")
    assert wrong.status_code == 200 and "Dit klopt nog niet" in wrong.content.decode()
    back = sign_in(browser, bram, carried_on(wrong))
    assert back.status_code == 200 and "Je bent weer ingelogd" in back.content.decode()
    action, fields = form_on(back)
    assert (action, fields["text"]) == (address, TEXT)
    assert not Post.objects.filter(thread__last_number__gt=1).exists()
    form = browser.post(action, fields)
    assert form.status_code == 200 and form.context["form"]["text"].value() == TEXT
    assert not Post.objects.filter(number=2).exists() and not Draft.objects.exists()
    assert browser.post(address, {"text": form.context["form"]["text"].value()}).status_code == 302
    assert Post.objects.get(number=2).source == TEXT


def test_the_text_goes_through_the_second_step_too(bram: User, secret: str, address: str) -> None:
    """D4, P2. With a wrong code first."""
    browser = Client()
    asked = sign_in(browser, bram, carried_on(browser.post(address, {"text": TEXT})))
    assert asked.status_code == 200 and "Tweede stap" in asked.content.decode()
    assert "_auth_user_id" not in browser.session
    wrong = browser.post(SECOND, {"code": "000000", "carried": carried_on(asked)})
    assert wrong.status_code == 200 and "_auth_user_id" not in browser.session
    back = browser.post(SECOND, {"code": code_of(secret), "carried": carried_on(wrong)})
    assert form_on(back)[1]["text"] == TEXT
    assert browser.session["_auth_user_id"] == str(bram.pk)


def test_cancelling_the_second_step_keeps_the_text_for_another_sign_in(
    bram: User, anna: User, secret: str, address: str
) -> None:
    """D4. Somebody noticed that it was the wrong account."""
    browser = Client()
    asked = sign_in(browser, bram, carried_on(browser.post(address, {"text": TEXT})))
    shown = asked.content.decode()
    assert f'id="logout-from-stage" method="post" action="{LOGIN}"' in shown
    again = browser.post(LOGIN, {"carried": carried_on(asked)})
    assert "Je tekst gaat mee" in again.content.decode()
    assert form_on(sign_in(browser, anna, carried_on(again)))[1]["text"] == TEXT


def test_a_second_step_that_took_too_long_begins_anew_with_the_text(bram: User, secret: str, address: str) -> None:
    """D4."""
    browser = Client()
    asked = sign_in(browser, bram, carried_on(browser.post(address, {"text": TEXT})))
    browser.cookies.clear()
    anew = browser.post(SECOND, {"code": "123456", "carried": carried_on(asked)})
    assert anew.status_code == 200 and "Je tekst gaat mee" in anew.content.decode() and carried_on(anew)


def test_too_many_attempts_keep_the_text(bram: User, address: str) -> None:
    """D4, S7."""
    browser = Client()
    carried = carried_on(browser.post(address, {"text": TEXT}))
    for _number in range(10):
        answer = sign_in(browser, bram, carried, "verkeerd")
    answer = sign_in(browser, bram, carried, "verkeerd")
    assert answer.status_code == 429 and "Te veel pogingen" in answer.content.decode()
    cache.clear()
    assert form_on(sign_in(browser, bram, carried_on(answer)))[1]["text"] == TEXT


def test_whoever_signed_in_in_another_window_gets_the_text_at_once(bram: User, address: str) -> None:
    """D4."""
    browser = Client()
    carried = carried_on(browser.post(address, {"text": TEXT}))
    browser.force_login(bram)
    assert form_on(browser.post(LOGIN, {"login": "x", "password": "y", "carried": carried}))[1]["text"] == TEXT


def test_nothing_of_the_text_stays_on_the_server(bram: User, cas: User, secret: str, address: str) -> None:
    """D4. In no session, no draft, no cache: whoever signs in next on this computer finds nothing."""
    browser = Client()
    asked = sign_in(browser, bram, carried_on(browser.post(address, {"text": TEXT})))
    carried = carried_on(asked)
    back = browser.post(SECOND, {"code": code_of(secret), "carried": carried})
    assert form_on(back)[1]["text"] == TEXT
    for session in Session.objects.all():
        kept = str(session.get_decoded())
        assert "canarischwoord" not in kept and carried not in kept and carried[:40] not in session.session_data
    assert not Draft.objects.exists()
    browser.post("/accounts/logout/")
    sign_in(browser, cas, "")
    for page in (address, "/discussions/drafts/", "/", LOGIN):
        assert "canarischwoord" not in browser.get(page, follow=True).content.decode()


def test_another_account_that_signs_in_sees_the_text_and_owns_nothing(cas: User, thread: Thread, address: str) -> None:
    """D4. They hold the form; who they are decides what can be done with it."""
    browser = Client()
    back = sign_in(browser, cas, carried_on(browser.post(address, {"text": TEXT})))
    action, fields = form_on(back)
    form = browser.post(action, fields)
    assert form.context["form"].only_name == "Cas"
    assert not Draft.objects.exists() and not Post.objects.filter(thread=thread, number=2).exists()


def test_a_place_that_the_other_account_may_not_see_gives_the_text_and_nothing_else(
    cas: User, circle_thread: Thread
) -> None:
    """D4, S2."""
    browser = Client()
    address = reverse("discussions:reply", args=[circle_thread.pk])
    action, fields = form_on(sign_in(browser, cas, carried_on(browser.post(address, {"text": TEXT}))))
    met = browser.post(action, fields)
    shown = met.content.decode()
    assert met.status_code == 404 and unescape(AREA.findall(shown)[0][1]) == TEXT
    assert circle_thread.title not in shown and circle_thread.space.name not in shown
    nothing = browser.post(reverse("discussions:reply", args=[999999]), fields)
    assert nothing.status_code == 404
    strip = re.compile(r'value="[^"]*"|action="[^"]*"')
    assert strip.sub("", nothing.content.decode()) == strip.sub("", shown)


def test_after_an_hour_the_field_says_nothing_any_more(bram: User, address: str) -> None:
    browser = Client()
    carried = carried_on(browser.post(address, {"text": TEXT}))
    later = timezone.now() + carrying.LIFETIME + timedelta(minutes=1)
    with time_machine.travel(later, tick=True):
        back = sign_in(browser, bram, carried)
    shown = back.content.decode()
    assert "te lang onderweg" in shown and "canarischwoord" not in shown and "<textarea" not in shown


@pytest.mark.parametrize("forged", ["", "x", "gAAAAABx", "☂"])
def test_a_forged_field_is_no_text(bram: User, forged: str) -> None:
    """Another secret that was encrypted by the platform neither."""
    browser = client_of(bram)
    for field in (forged or "-", crypto.encrypt("JBSWY3DPEHPK3PXP"), crypto.encrypt('{"fields": []}')):
        answer = browser.post(LOGIN, {"carried": field})
        assert answer.status_code == 200 and "JBSWY3DPEHPK3PXP" not in answer.content.decode()
        assert "te lang onderweg" in answer.content.decode()


def test_files_do_not_go_along_and_that_is_said(bram: User, address: str) -> None:
    """D4."""
    browser = Client()
    met = browser.post(address, {"text": TEXT, "files": SimpleUploadedFile("a.png", b"x")})
    assert "Bestanden gaan niet mee" in sign_in(browser, bram, carried_on(met)).content.decode()


def test_a_text_too_long_to_go_along_waits_in_its_window(bram: User, address: str) -> None:
    """D4, D20. Noise can't be made smaller; what people write can."""
    dice = random.Random(2)
    noise = "".join(chr(dice.randrange(0x4E00, 0x9FFF)) for _ in range(850_000))
    browser = Client()
    met = browser.post(address, {"text": noise})
    shown = met.content.decode()
    assert met.status_code == 403 and "te lang om mee te gaan" in shown and noise in shown
    browser.force_login(bram)
    form = browser.post(*form_on(met))
    assert form.status_code == 200 and form.context["form"]["text"].value() == noise


@pytest.mark.parametrize("door", ["thread_new", "post_edit", "stand_edit", "poll_new", "draft_keep"])
def test_every_page_one_writes_on_has_the_door(bram: User, space: Space, thread: Thread, door: str) -> None:
    """D4."""
    post = reply(bram, thread, "Eerst.")
    at = {
        "thread_new": [space.slug],
        "post_edit": [post.pk],
        "stand_edit": [thread.pk],
        "poll_new": [thread.pk],
        "draft_keep": [],
    }
    address = reverse(f"discussions:{door}", args=at[door])
    sent = {
        "text": TEXT,
        "title": "Titel",
        "topics": "een",
        "question": f"Vraag? {TEXT[-20:]}",
        "place": f"stand.{thread.pk}",
    }
    browser = Client()
    action, fields = form_on(sign_in(browser, bram, carried_on(browser.post(address, sent))))
    assert action == address
    form = browser.post(action, fields, follow=True)
    assert form.status_code == 200 and "canarischwoord" in form.content.decode()
    assert Thread.objects.count() == 1 and Post.objects.get(pk=post.pk).source == "Eerst."
    if door == "thread_new":
        assert form.context["form"]["title"].value() == "Titel" and form.context["form"]["topics"].value() == "een"


def test_a_visitor_who_only_looks_is_sent_to_sign_in_as_before(address: str) -> None:
    met = Client().get(address)
    assert met.status_code == 302 and met.url.startswith(LOGIN)


def test_without_a_text_signing_in_is_as_before(bram: User) -> None:
    browser = Client()
    assert "carried" not in browser.get(LOGIN).content.decode()
    assert browser.post(LOGIN, {"login": bram.email, "password": PASSWORD}).status_code == 302


def test_a_form_older_than_the_session_gives_its_text_back(bram: User, address: str) -> None:
    """D4. Signing in in another window turns the form's token over."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bram)
    browser.get(address)
    met = browser.post(address, {"text": TEXT, "csrfmiddlewaretoken": "a" * 64})
    shown = met.content.decode()
    assert met.status_code == 403 and "Je tekst is er nog" in shown and met.headers["Cache-Control"] == "no-store"
    action, fields = form_on(met)
    assert fields["text"] == TEXT
    fresh = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.partition('class="form wide"')[2])
    assert fresh is not None
    form = browser.post(action, fields | {"csrfmiddlewaretoken": fresh[1]})
    assert form.status_code == 200 and form.context["form"]["text"].value() == TEXT


def test_a_sign_in_form_that_grew_old_still_carries_its_text(bram: User, address: str) -> None:
    """D4. And never gives back a password."""
    browser = Client(enforce_csrf_checks=True)
    browser.get(LOGIN)
    carried = carried_on(Client().post(address, {"text": TEXT}))
    sent = {"login": bram.email, "password": PASSWORD, "carried": carried, "csrfmiddlewaretoken": "a" * 64}
    met = browser.post(LOGIN, sent)
    assert met.status_code == 403 and PASSWORD not in met.content.decode() and bram.email not in met.content.decode()
    action, fields = form_on(met)
    assert action == LOGIN and fields["carried"] == carried


def test_a_page_of_somebody_else_gets_nothing_given_back(bram: User, address: str) -> None:
    """S11. Not even its own text, with our button under it."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bram)
    met = browser.post(address, {"text": TEXT}, headers={"origin": "https://evil.invalid"})
    assert met.status_code == 403 and "canarischwoord" not in met.content.decode()


def test_what_was_sent_to_another_form_is_not_given_back(bram: User) -> None:
    """It might be a password."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bram)
    met = browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "nieuw-geheim"})
    assert met.status_code == 403
    assert PASSWORD not in met.content.decode() and "nieuw-geheim" not in met.content.decode()


def test_a_reply_to_what_was_closed_or_removed_meanwhile_keeps_its_text(
    bram: User, coordinator: User, thread: Thread, address: str
) -> None:
    """D20, D4."""
    browser = client_of(bram)
    threads.lock(by=coordinator, thread=thread, reason="Daarom.")
    closed = browser.post(address, {"text": TEXT})
    assert closed.status_code == 200 and closed.context["form"]["text"].value() == TEXT
    taken_up = browser.post(address, {"text": TEXT, "again": "1"})
    assert taken_up.context["form"]["text"].value() == TEXT and "<textarea" in taken_up.content.decode()
    threads.remove(by=coordinator, thread=thread, reason="Daarom.")
    gone = browser.post(address, {"text": TEXT})
    assert gone.status_code == 404 and unescape(AREA.findall(gone.content.decode())[0][1]) == TEXT


def test_the_text_never_gets_into_a_log(bram: User, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """S4."""
    caplog.set_level("DEBUG")
    browser = Client()
    sign_in(browser, bram, carried_on(browser.post(address, {"text": TEXT})))
    browser.post("/discussions/drafts/keep/", {"text": TEXT, "place": "reply.999999"})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bram)
    strict.post(address, {"text": TEXT})
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert said and not [line for line in said if "canarischwoord" in line]
