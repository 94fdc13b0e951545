"""N1, N2. Whoever gets everything at once is told at once of what came to the site, and once of a vote that closes."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Preferences, User
from notifications.actions import issues
from notifications.actions.issues import LATE
from notifications.models import Event, Issue
from tests.cms.conftest import Tree, tree  # noqa: F401  a fixture of the knowledge base
from tests.harness.mail import MailServer
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants
from tests.notifications.test_new_in_knowledge import article, editor  # noqa: F401  a fixture
from tests.notifications.test_votes_that_close import ASKED, ask, closed, space_muted, voted

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TITLE = "Bloedprikken uitgelegd"


@pytest.fixture
def hasty(cas: User) -> User:
    """Cas, who was told of everything up to an hour ago."""
    return told_up_to(wants(cas, rhythm="at_once"), BEFORE - HOUR)


def told_up_to(user: User, moment: datetime) -> User:
    start = moment - DAY
    Issue.objects.create(
        recipient=user, kind="at_once", state="empty", planned_at=moment, window_from=start, window_to=moment,
        beside_from=start, beside_to=moment,
    )  # fmt: skip
    return user


def test_a_new_page_is_told_within_ten_minutes_and_once(mail: MailServer, tree: Tree, editor, cas) -> None:  # noqa: F811
    now = timezone.now()
    told_up_to(wants(cas, rhythm="at_once"), now - HOUR)
    article(tree, editor)
    sweep(now + 9 * MINUTE)
    assert not mail.inbox
    for minutes in (11, 12, 30, 24 * 60):
        sweep(now + minutes * MINUTE)
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == f"Nieuw in Kennis: “{TITLE}”"
    assert "Je krijgt dit meteen, omdat je daarvoor koos." in received.text


def test_a_vote_is_told_two_days_before_it_closes_and_once(mail: MailServer, anna, hasty, thread) -> None:
    ask(anna, thread, closes_at=MORNING + 4 * DAY)
    moment = MORNING + 2 * DAY
    hours = [MORNING, moment - HOUR, moment + 5 * MINUTE]
    for now in hours:
        sweep(now)
    assert not mail.inbox
    for now in (moment + 11 * MINUTE, moment + HOUR, moment + DAY, moment + 2 * DAY - HOUR):
        sweep(now)
    (received,) = mail.to(hasty.email)
    assert received.message["Subject"] == f"Je kunt nog stemmen: “{ASKED}”" and ASKED in received.html


def test_a_short_vote_is_told_when_it_opens(mail: MailServer, anna, hasty, thread) -> None:
    ask(anna, thread, at=BEFORE, closes_at=BEFORE + 10 * HOUR)
    sweep(BEFORE + 11 * MINUTE)
    sweep(BEFORE + 9 * HOUR)
    assert len(mail.to(hasty.email)) == 1


@pytest.mark.parametrize("cause", [voted, closed, space_muted])
@pytest.mark.parametrize("moment", ["before planning", "after planning"])
def test_whom_it_no_longer_asks_gets_nothing(mail: MailServer, anna, hasty, thread, cause, moment) -> None:
    """N12."""
    poll = ask(anna, thread)
    if moment == "after planning":
        issues.plan(now=BEFORE + 11 * MINUTE)
    cause(hasty, poll)
    for minutes in (12, 60, 120):
        sweep(BEFORE + minutes * MINUTE)
    assert not mail.inbox


def test_what_else_was_told_in_those_minutes_stands_in_the_same_mail(
    mail: MailServer, anna, bram, hasty, space, thread
) -> None:
    other = open_thread(anna, space, "Een ander gesprek", "Tekst.", is_history=True)
    follows(hasty, other)
    reply(bram, other, "Dit blijft.", at=BEFORE + 2 * MINUTE)
    ask(anna, thread, at=BEFORE)
    sweep(BEFORE + 11 * MINUTE)
    sweep(BEFORE + HOUR)
    (received,) = mail.to(hasty.email)
    assert "Dit blijft." in received.text and ASKED in received.text
    assert received.message["In-Reply-To"] is None, "it belongs to no one discussion"


def test_a_discreet_mail_says_of_a_vote_no_more_than_that_there_is_something(
    mail: MailServer, tree: Tree, editor, anna, cas, thread  # noqa: F811
) -> None:  # fmt: skip
    """N4. And of a page, which waits in no list, nothing at all."""
    now = timezone.now()
    told_up_to(wants(cas, rhythm="at_once", detail="discreet"), now - HOUR)
    article(tree, editor)
    sweep(now + 11 * MINUTE)
    assert not mail.inbox
    ask(anna, thread, at=now + 20 * MINUTE, closes_at=now + 10 * HOUR)
    sweep(now + 31 * MINUTE)
    (received,) = mail.to(cas.email)
    assert received.message["Subject"] == "Er is iets nieuws voor je" and "stem" not in received.text.lower()


def test_quiet_hours_hold_it_and_then_it_comes_once(mail: MailServer, anna, hasty, thread) -> None:
    """N2. Quiet from four to eight at night, by the clock of the member; asked at five."""
    Preferences.objects.filter(user=hasty).update(quiet_from=4, quiet_to=8)
    ask(anna, thread, at=BEFORE, closes_at=MORNING + 10 * HOUR)
    for minutes in (11, 60, 170):
        sweep(BEFORE + minutes * MINUTE)
    assert not mail.inbox
    sweep(MORNING + MINUTE)
    sweep(MORNING + HOUR)
    assert len(mail.to(hasty.email)) == 1


def page_at(page: Any, moment: datetime) -> None:
    Event.objects.filter(page=page.pk).update(at=moment)


@pytest.mark.parametrize("change", ["to at once", "to daily"])
def test_a_change_of_rhythm_neither_loses_nor_repeats(
    mail: MailServer, tree: Tree, editor, cas, change  # noqa: F811
) -> None:  # fmt: skip
    """N6. Three pages: before the last mail in the old rhythm, between that and the change, and after it."""
    first, second = ("daily", "at_once") if change == "to at once" else ("at_once", "daily")
    wants(cas, rhythm=first)
    if first == "at_once":
        told_up_to(cas, BEFORE - 2 * HOUR)
    names = ["Eerst", "Tussenin", "Daarna"]
    for name, moment in zip(names, (BEFORE, MORNING + HOUR, MORNING + 3 * HOUR), strict=True):
        page_at(article(tree, editor, name), moment)
    sweep(MORNING)
    Preferences.objects.filter(user=cas).update(rhythm=second)
    for hours in (4, 24, 25, 48):
        sweep(MORNING + hours * HOUR)
    told = [name for received in mail.to(cas.email) for name in names if name in received.text]
    assert sorted(told) == sorted(names)


def test_whoever_wanted_no_mail_for_a_year_is_not_told_that_year(mail: MailServer, tree: Tree, editor, cas) -> None:  # noqa: F811
    wants(cas, rhythm="at_once")
    page_at(article(tree, editor, "Oud nieuws"), MORNING - 20 * DAY)
    page_at(article(tree, editor, "Nieuw"), MORNING - HOUR)
    sweep()
    (received,) = mail.to(cas.email)
    assert "Nieuw" in received.text and "Oud nieuws" not in received.text


@pytest.mark.parametrize("rhythm", ["daily", "at_once"])
def test_what_is_committed_a_little_late_is_told_in_the_next(
    mail: MailServer, tree: Tree, editor, cas, rhythm  # noqa: F811
) -> None:  # fmt: skip
    """N10. A page whose row bears a moment just before a window ended, and was not there yet when that was planned."""
    wants(cas, rhythm=rhythm)
    page_at(article(tree, editor, "Op tijd"), MORNING - HOUR)
    sweep(MORNING)
    page_at(article(tree, editor, "Op de valreep"), MORNING - LATE / 2)
    sweep(MORNING + DAY)
    assert [re.findall(r"Op [\w ]+", received.message["Subject"]) for received in mail.to(cas.email)] == [
        ["Op tijd"],
        ["Op de valreep"],
    ]


def test_an_urgent_mail_to_whoever_has_an_overview_tells_nothing_beside(
    mail: MailServer, anna, bram, cas, space, thread
) -> None:
    wants(cas)
    follows(cas, thread, "watching")
    ask(anna, open_thread(anna, space, "Een ander gesprek", "Tekst.", is_history=True))
    reply(bram, thread, "Meteen.")
    sweep(BEFORE + 11 * MINUTE)
    (at_once,) = mail.to(cas.email)
    assert "Meteen." in at_once.text and ASKED not in at_once.text
    sweep(MORNING)
    assert ASKED in mail.to(cas.email)[1].text


@pytest.mark.parametrize(("rhythm", "count"), [("daily", 0), ("at_once", 1)])
def test_what_came_is_asked_once_however_many_are_told_at_once(anna, bram, cas, coordinator, rhythm, count) -> None:
    """N22. And for nobody who has an overview."""
    for users in ([cas], [anna, bram, coordinator]):
        for user in users:
            wants(user, rhythm=rhythm)
        with CaptureQueriesContext(connection) as found:
            issues.plan(now=MORNING)
        assert sum('SELECT "notifications_event"."at"' in query["sql"] for query in found) == count
