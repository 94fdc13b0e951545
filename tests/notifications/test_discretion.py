"""Loosening reveals nothing old (N3); steady members get the same mail whether or not anything happened (N4)."""

import re
from datetime import timedelta

import pytest

from accounts.models import Preferences
from discussions.actions import telling
from discussions.models import Space
from notifications.actions import events
from notifications.actions.preferences import choose, stop_mail
from notifications.models import Delivery, Event, Issue, MailKey
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FULL = {"rhythm": "daily", "hour": 8, "weekday": 0, "mail_detail": "full"}


def of_space(anna, bram, cas, thread):
    Space.objects.filter(pk=thread.space_id).update(mail_detail="full")


def of_thread(anna, bram, cas, thread):
    telling.set_mail_detail(by=anna, thread=thread, mail_detail="full")


def of_author(anna, bram, cas, thread):
    bram.names.update(mail_detail="full")


def of_member(anna, bram, cas, thread):
    choose(by=cas, at=BEFORE + timedelta(hours=1), **FULL)


@pytest.mark.parametrize("loosen", [of_space, of_thread, of_author, of_member])
@pytest.mark.parametrize("told", [True, False], ids=["told already", "still in the outbox"])
def test_loosening_reveals_nothing_old(mail, anna, bram, cas, space, loosen, told) -> None:
    """N3. What happened under the stricter choice stays discreet; what happens after it doesn't."""
    Space.objects.filter(pk=space.pk).update(mail_detail="discreet" if loosen is of_space else "full")
    space.refresh_from_db()
    thread = open_thread(anna, space, "Prikken op locatie", "Tekst.", is_history=True)
    if loosen is of_thread:
        telling.set_mail_detail(by=anna, thread=thread, mail_detail="discreet")
        thread.refresh_from_db()
    if loosen is of_author:
        bram.names.update(mail_detail="discreet")
    follows(wants(cas, detail="discreet" if loosen is of_member else "full"), thread)
    reply(bram, thread, "Kanariegeel.")
    if told:
        events.fan_out(now=BEFORE)
    loosen(anna, bram, cas, thread)
    sweep()
    (old,) = mail.to(cas.email)
    whole = old.message.as_string() + old.text + str(old.message["Subject"])
    assert not any(word in whole for word in ("Kanariegeel", "Prikken", "Bram"))
    thread = type(thread).objects.select_related("space").get(pk=thread.pk)
    reply(bram, thread, "Kanarierood.", at=MORNING + timedelta(hours=1))
    sweep(MORNING + DAY)
    assert "Kanarierood." in mail.to(cas.email)[-1].text and "Kanariegeel" not in mail.to(cas.email)[-1].text


def test_whoever_chose_full_once_and_went_back_isnt_surprised(mail, bram, cas, thread) -> None:
    """N3. Stricter counts at once, for what was told before as well."""
    follows(wants(cas), thread)
    reply(bram, thread, "Kanariegeel.")
    events.fan_out(now=BEFORE)
    choose(by=cas, at=BEFORE, **FULL | {"mail_detail": "discreet"})
    sweep()
    assert "Kanariegeel" not in mail.to(cas.email)[0].text


def test_an_event_keeps_the_strictest_of_its_time(bram, cas, thread) -> None:
    Space.objects.filter(pk=thread.space_id).update(mail_detail="titles")
    thread.space.refresh_from_db()
    reply(bram, thread)
    assert Event.objects.get().mail_detail == "titles"


def test_steady_comes_when_nothing_happened_and_says_the_same(mail, bram, cas, thread) -> None:
    """N4. Nothing, one post, many: the same bytes but for Message-ID and moment; never a mail between two."""
    follows(wants(cas, detail="discreet", is_steady=True), thread, "watching")
    sweep()
    reply(bram, thread, at=MORNING + timedelta(hours=1))
    sweep(MORNING + timedelta(hours=2))
    assert len(mail.to(cas.email)) == 1
    sweep(MORNING + DAY)
    for number in range(20):
        reply(bram, thread, f"Nummer {number}, @cas", at=MORNING + DAY + timedelta(minutes=number))
    sweep(MORNING + DAY + timedelta(hours=2))
    sweep(MORNING + 2 * DAY)

    def constant(received) -> bytes:
        return re.sub(rb"Message-ID: <[0-9a-f]{32}@|Date: .{31}", b"", received.message.as_bytes())

    received = mail.to(cas.email)
    assert len(received) == 3 and len({constant(one) for one in received}) == 1
    assert not Delivery.objects.filter(recipient=cas, channel="mail").exclude(state="sent").exists()


def test_steady_that_fell_out_still_comes(mail, bram, cas, thread) -> None:
    """N4, N12. Everything was read on the site: the mail comes like on any other day."""
    from discussions.actions import reading

    follows(wants(cas, detail="discreet", is_steady=True), thread)
    post = reply(bram, thread)
    reading.mark_read(by=cas, thread=thread, numbers=[post.number])
    sweep()
    assert len(mail.to(cas.email)) == 1 and Issue.objects.get(recipient=cas).state == "sent"


def test_steady_is_for_mail_that_says_nothing_and_comes_by_the_clock(mail, cas) -> None:
    """N4. With titles in it or without an hour there is nothing steady to keep."""
    for more in ({"detail": "full"}, {"rhythm": "at_once"}):
        wants(cas, is_steady=True, **more)
        sweep(MORNING + DAY)
    assert not mail.inbox
    for detail in ("full", "titles", "discreet"):
        for rhythm in ("at_once", "daily", "weekly", "never"):
            wants(cas, is_steady=True, detail=detail, rhythm=rhythm)
            mine = Preferences.objects.get(user=cas)
            assert mine.keeps_steady == Preferences.objects.steady().filter(user=cas).exists()


def test_steady_stops_when_all_mail_stops(mail, cas) -> None:
    """N15."""
    wants(cas, detail="discreet", is_steady=True)
    sweep()
    stop_mail(key=MailKey.objects.get(user=cas).key)
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1
