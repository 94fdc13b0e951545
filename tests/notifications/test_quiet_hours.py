"""Quiet hours hold everything once, by the member's own clock; what a coordinator marked urgent passes (N2)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Preferences
from discussions.actions import telling
from discussions.models import Decision
from notifications.actions import events, issues, sending
from notifications.models import Delivery, Event, Issue
from notifications.quiet import Quiet
from tests.cast import make_member
from tests.notifications.conftest import BEFORE, MORNING, follows, reply, sweep, wants

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = sorted(available_timezones())
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
hours = st.integers(0, 23)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "moment", "holds"),
    [
        (22, 7, "2026-03-04T21:59", False),
        (22, 7, "2026-03-04T22:00", True),
        (22, 7, "2026-03-05T06:59", True),
        (22, 7, "2026-03-05T07:00", False),
        (13, 15, "2026-03-05T14:30", True),
        (13, 15, "2026-03-05T15:00", False),
    ],
)
def test_from_hour_to_hour_over_midnight_too(start, end, moment, holds) -> None:
    assert Quiet(start, end, AMSTERDAM).holds(at(moment)) == holds


def test_on_the_nights_of_the_clock_change() -> None:
    """In spring the hour from two to three is not there, in autumn it comes twice."""
    spring = Quiet(22, 2, AMSTERDAM)
    assert spring.ends(at("2026-03-29T00:30")) == at("2026-03-29T03:00") == datetime(2026, 3, 29, 1, tzinfo=UTC)
    autumn = Quiet(22, 3, AMSTERDAM)
    assert autumn.ends(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == datetime(2026, 10, 25, 2, tzinfo=UTC)


@given(start=hours, end=hours, zone=st.sampled_from(ZONES), now=moments)
def test_what_is_held_is_let_go_within_a_day_at_a_moment_that_is_not_quiet(start, end, zone, now) -> None:
    if start == end:
        return
    quiet = Quiet(start, end, ZoneInfo(zone))
    if quiet.holds(now):
        until = quiet.ends(now)
        assert now < until <= now + timedelta(hours=50) and not quiet.holds(until)


@pytest.mark.django_db
def test_half_a_choice_of_quiet_hours_is_no_choice(cas) -> None:
    with pytest.raises(IntegrityError):
        Preferences.objects.filter(user=cas).update(quiet_from=22)


@pytest.mark.django_db
def test_what_was_planned_before_and_is_late_waits_as_well(mail, bram, cas, thread) -> None:
    """N2. The mail server was away till quiet hours began; nothing is counted as an attempt."""
    follows(wants(cas, quiet_from=9, quiet_to=12), thread)
    reply(bram, thread)
    events.fan_out(now=MORNING)
    issues.plan(now=MORNING)
    sending.send_all(now=MORNING + HOUR)
    issue = Issue.objects.get(recipient=cas)
    assert not mail.inbox and issue.state == "planned" and not issue.attempts
    assert issue.not_before == MORNING + 4 * HOUR
    sweep(MORNING + 4 * HOUR)
    sweep(MORNING + 5 * HOUR)
    assert len(mail.to(cas.email)) == 1


@pytest.mark.django_db
def test_a_night_of_events_comes_as_one_mail_in_the_morning(mail, bram, cas, thread) -> None:
    """N2. Exactly once, however often the clock ticks; what comes later comes by itself."""
    follows(wants(cas, rhythm="at_once", quiet_from=22, quiet_to=8), thread)
    for minutes in range(0, 120, 5):
        reply(bram, thread, f"Nacht {minutes}.", at=BEFORE + timedelta(minutes=minutes))
        sweep(BEFORE + timedelta(minutes=minutes + 12))
    assert not mail.inbox
    for minutes in range(0, 30, 3):
        sweep(MORNING + timedelta(minutes=minutes))
    (received,) = mail.to(cas.email)
    assert "24 nieuwe berichten van Bram" in received.text and received.text.count("Nacht") == 6
    reply(bram, thread, "Overdag.", at=MORNING + HOUR)
    sweep(MORNING + HOUR + timedelta(minutes=10))
    assert len(mail.to(cas.email)) == 2


@pytest.mark.django_db
def test_urgent_takes_along_nothing_that_can_wait(mail, bram, cas, coordinator, thread) -> None:
    """N2. One mail in the night with the one post; the rest in the morning, once."""
    follows(wants(cas, rhythm="at_once", quiet_from=22, quiet_to=8), thread)
    reply(bram, thread, "Kan wachten.")
    post = reply(bram, thread, "Pas op.", at=BEFORE + timedelta(minutes=1))
    telling.make_urgent(by=coordinator, post=post, reason="Gevaar.", at=BEFORE + timedelta(minutes=2))
    sweep(BEFORE + timedelta(minutes=15))
    (urgent,) = mail.to(cas.email)
    assert "Pas op." in urgent.text and "Kan wachten." not in urgent.text
    sweep(MORNING)
    _urgent, rest = mail.to(cas.email)
    assert "Kan wachten." in rest.text and "Pas op." not in rest.text


@pytest.mark.django_db
def test_what_is_marked_urgent_after_it_was_told_goes_once(mail, bram, cas, coordinator, thread) -> None:
    """N2. It stood in a mail already: no second one. It still waited: at once."""
    follows(wants(cas), thread)
    post = reply(bram, thread)
    sweep(MORNING)
    telling.make_urgent(by=coordinator, post=post, reason="Gevaar.", at=MORNING + HOUR)
    sweep(MORNING + 2 * HOUR)
    assert len(mail.to(cas.email)) == 1
    late = reply(bram, thread, "Nog iets.", at=MORNING + 2 * HOUR)
    sweep(MORNING + 3 * HOUR)
    telling.make_urgent(by=coordinator, post=late, reason="Gevaar.", at=MORNING + 3 * HOUR)
    sweep(MORNING + 3 * HOUR)
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 2


@pytest.mark.django_db
def test_urgent_makes_nobody_follow(mail, anna, bram, cas, coordinator, thread) -> None:
    """N2. It says how soon, not to whom."""
    wants(cas)
    never = follows(wants(anna, rhythm="never"), thread)
    post = reply(bram, thread)
    telling.make_urgent(by=coordinator, post=post, reason="Gevaar.", at=BEFORE)
    sweep(BEFORE + HOUR)
    assert not mail.to(cas.email) and not mail.to(never.email)


@pytest.mark.django_db
def test_a_coordinator_says_why_and_not_all_day_long(bram, cas, coordinator, thread) -> None:
    """N2. Kept among the decisions, where whoever reads the thread reads the reason."""
    written = [reply(bram, thread, f"Nummer {number}") for number in range(telling.MOST_URGENT + 1)]
    with pytest.raises(PermissionDenied):
        telling.make_urgent(by=cas, post=written[0], reason="Omdat ik het wil.")
    with pytest.raises(ValidationError):
        telling.make_urgent(by=coordinator, post=written[0], reason=" ")
    for post in written[:-1]:
        telling.make_urgent(by=coordinator, post=post, reason="Gevaar.", at=MORNING)
        telling.make_urgent(by=coordinator, post=post, reason="Nog eens.", at=MORNING)
    with pytest.raises(ValidationError, match=str(telling.MOST_URGENT)):
        telling.make_urgent(by=coordinator, post=written[-1], reason="Gevaar.", at=MORNING)
    telling.make_urgent(by=coordinator, post=written[-1], reason="Gevaar.", at=MORNING + DAY)
    assert Decision.objects.visible_to(cas).filter(act="urgent", reason="Gevaar.").count() == telling.MOST_URGENT + 1
    assert Event.objects.filter(kind="made_urgent").count() == telling.MOST_URGENT + 1


@pytest.mark.django_db
def test_planning_for_members_with_quiet_hours_costs_the_same_for_four_times_as_many(
    bram, thread, django_assert_max_num_queries
) -> None:
    """N22."""
    for number in range(5):
        follows(wants(make_member(f"Lid {number}"), quiet_from=4, quiet_to=7), thread)
    reply(bram, thread)
    events.fan_out(now=BEFORE)
    with django_assert_max_num_queries(16) as few:
        issues.plan(now=MORNING)
    for number in range(5, 20):
        follows(wants(make_member(f"Lid {number}"), quiet_from=4, quiet_to=7), thread)
    reply(bram, thread, at=MORNING)
    events.fan_out(now=MORNING)
    with django_assert_max_num_queries(len(few)):
        issues.plan(now=MORNING + DAY)
    assert Delivery.objects.unclaimed().filter(recipient__called__startswith="Lid").count() == 0
