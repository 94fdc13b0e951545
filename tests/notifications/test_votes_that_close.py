"""What needs me first: a vote that closes soon, in which I may take part and haven't (N12)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.actions import circles
from accounts.models import Circle, Preferences, User
from discussions.actions import polls, threads
from discussions.models import Poll, Space, Thread
from notifications.actions import issues, sending, watches
from notifications.models import Event, Issue
from tests.cast import client_of, first_name
from tests.harness.mail import MailServer
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ASKED = "Sturen we de brief?"


def ask(user: User, thread: Thread, *, closes_at: Any = MORNING + 10 * HOUR, **more: Any) -> Poll:
    more.setdefault("at", BEFORE)
    more.setdefault("question", ASKED)
    return polls.open_poll(
        by=user, name=first_name(user), thread=thread, closes_at=closes_at, options=["Ja", "Nee"], **more
    )


@pytest.fixture
def ours(anna: User, cas: User, kerngroep: Circle, circle_space: Space) -> Thread:
    """A thread that Cas can see, for now."""
    circles.add(by=None, circle=kerngroep, user=cas)
    return open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)


def test_a_vote_that_closes_before_the_next_overview_makes_a_mail(mail: MailServer, anna, cas, thread) -> None:
    """Subject, text and HTML, with its discussion and until when; nobody's name."""
    wants(cas)
    poll = ask(anna, thread)
    sweep()
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == f"Je kunt nog stemmen: “{ASKED}”"
    for said in (received.text, received.html):
        assert ASKED in said and "Prikken op locatie" in said and "4 mrt, 18:00" in said and "Anna" not in said
        assert f"https://swexpertise.invalid{poll.get_absolute_url()}" in said
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1


@pytest.mark.parametrize(
    ("closes_in", "rhythm", "is_alone", "is_told"),
    [
        (30 * HOUR, "daily", True, False),  # the next overview is in time
        (30 * HOUR, "daily", False, True),  # within two days, beside other news
        (50 * HOUR, "daily", False, False),
        (6 * DAY, "weekly", True, True),
        (8 * DAY, "weekly", False, False),
    ],
)
def test_how_soon_is_soon(
    mail: MailServer, anna, bram, cas, space, thread, closes_in, rhythm, is_alone, is_told
) -> None:
    wants(cas, rhythm=rhythm, weekday=2)
    ask(anna, thread, closes_at=MORNING + closes_in)
    if not is_alone:
        other = open_thread(anna, space, "Een ander gesprek", "Tekst.", is_history=True)
        follows(cas, other)
        reply(bram, other, "Dit blijft.")
    sweep()
    told = [ASKED in received.text for received in mail.to(cas.email)]
    assert told == ([is_told] if is_told or not is_alone else [])
    if not told:
        assert Issue.objects.get(recipient=cas).state == "empty"


def voted(cas: User, poll: Poll) -> None:
    polls.vote(by=cas, name=first_name(cas), poll=poll, choices=[0], at=BEFORE + HOUR)


def closed(cas: User, poll: Poll) -> None:
    polls.close(by=User.objects.get(called="Anna"), poll=poll, at=BEFORE + HOUR)


def access_lost(cas: User, poll: Poll) -> None:
    circles.remove(by=None, circle=poll.thread.space.circle, user=cas)


def thread_removed(cas: User, poll: Poll) -> None:
    coordinator = User.objects.get(role="coordinator")
    circles.add(by=None, circle=poll.thread.space.circle, user=coordinator)
    threads.remove(by=coordinator, thread=poll.thread, reason="Hoort hier niet.")


def thread_muted(cas: User, poll: Poll) -> None:
    follows(cas, poll.thread, "muted")


def space_muted(cas: User, poll: Poll) -> None:
    follows(cas, poll.thread.space, "muted")


def asker_muted(cas: User, poll: Poll) -> None:
    watches.mute(by=cas, name=poll.author)


def no_mail(cas: User, poll: Poll) -> None:
    Preferences.objects.filter(user=cas).update(rhythm="never")


CAUSES: list[Callable[[User, Poll], None]] = [
    voted, closed, access_lost, thread_removed, thread_muted, space_muted, asker_muted, no_mail,
]  # fmt: skip


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("moment", ["before planning", "after planning"])
def test_what_changed_meanwhile_is_absent(mail: MailServer, anna, cas, ours, coordinator, cause, moment) -> None:
    """N12. From text, subject and count, inbox and catching up; and with nothing left there is no mail."""
    wants(cas)
    poll = ask(anna, ours)
    if moment == "after planning":
        issues.plan(now=MORNING)
        assert Issue.objects.get(recipient=cas).state == "planned"
    cause(cas, poll)
    sweep()
    sending.send_all(now=MORNING)
    assert not mail.to(cas.email)
    if cause is not no_mail:
        assert Issue.objects.get(recipient=cas).state == "empty"


def test_a_secret_vote_counts_as_voted(mail: MailServer, anna, bram, cas, thread) -> None:
    """D10. Only one's own turnout is asked."""
    for user in (cas, bram):
        wants(user)
    poll = ask(anna, thread, is_secret=True)
    polls.cast_secretly(by=cas, poll=poll, choices=[0], at=BEFORE + HOUR)
    sweep()
    assert not mail.to(cas.email) and len(mail.to(bram.email)) == 1


def test_the_clock_closes_it_before_the_sweep_does(mail: MailServer, anna, cas, thread) -> None:
    """N12. Closed an hour before the mail goes, and nobody swept."""
    wants(cas)
    ask(anna, thread, closes_at=MORNING - HOUR)
    sweep()
    assert not mail.inbox


@pytest.mark.parametrize(
    ("whose", "detail"),
    [(whose, detail) for whose in ("member", "space", "thread") for detail in ("titles", "discreet")],
)
def test_the_strictest_counts(mail: MailServer, anna, cas, thread, whose: str, detail: str) -> None:
    """N3, N4. A vote that can't be named makes the discreet mail, the same bytes as always."""
    wants(cas, detail=detail if whose == "member" else "full")
    if whose == "space":
        Space.objects.filter(pk=thread.space_id).update(mail_detail=detail)
    if whose == "thread":
        Thread.objects.filter(pk=thread.pk).update(mail_detail=detail)
    ask(anna, thread)
    sweep()
    (received,) = mail.to(cas.email)
    whole = received.message.as_string() + str(received.message["Subject"]) + received.text + received.html
    assert (ASKED in whole) == (detail == "titles") == ("Prikken op locatie" in whole)
    if detail == "discreet":
        assert received.message["Subject"] == "Er is iets nieuws voor je" and "stem" not in whole.lower()


def test_loosening_reveals_nothing_old(mail: MailServer, anna, cas, thread) -> None:
    """N3. Asked while the space was discreet: told as discreetly, whatever the space says now."""
    wants(cas)
    Space.objects.filter(pk=thread.space_id).update(mail_detail="discreet")
    ask(anna, thread)
    assert Event.objects.get(kind="poll_opened").mail_detail == "discreet"
    Space.objects.filter(pk=thread.space_id).update(mail_detail="full")
    sweep()
    (received,) = mail.to(cas.email)
    assert ASKED not in received.text and ASKED not in received.html


def test_the_member_who_chose_anew_learns_no_more_of_before(mail: MailServer, anna, cas, thread) -> None:
    """N3."""
    wants(cas, detail_changed_at=BEFORE + HOUR)
    ask(anna, thread)
    sweep()
    (received,) = mail.to(cas.email)
    assert ASKED not in received.text


def test_more_votes_than_fit_are_counted(mail: MailServer, anna, cas, thread) -> None:
    """N11. The first to close come first; the rest with a link."""
    wants(cas)
    for number in range(30):
        ask(anna, thread, question=f"Vraag {number}?", closes_at=MORNING + (number + 1) * HOUR / 2)
    sweep()
    (received,) = mail.to(cas.email)
    for said in (received.text, received.html):
        shown = [f"Vraag {number}?" in said for number in range(30)]
        assert shown == sorted(shown, reverse=True) and shown.count(True) >= 5
        assert f"En nog {shown.count(False)} stemmingen die binnenkort sluiten" in said


def test_it_stands_in_the_inbox_and_in_catching_up(anna, bram, cas, thread) -> None:
    """N5. Of whoever didn't vote; the same question asked of the same rule."""
    from django.utils import timezone

    for user in (cas, bram):
        wants(user)
    now = timezone.now()
    poll = ask(anna, thread, at=now - HOUR, closes_at=now + 5 * HOUR)
    polls.vote(by=bram, name=first_name(bram), poll=poll, choices=[0], at=now)
    for user, told in ((cas, True), (bram, False)):
        for page in ("/notifications/", "/notifications/catch-up/"):
            assert (ASKED in client_of(user).get(page).content.decode()) == told


def test_what_was_asked_in_history_asks_nobody(mail: MailServer, anna, cas, thread) -> None:
    wants(cas)
    ask(anna, thread, is_history=True)
    sweep()
    assert not mail.inbox
