"""Which window is due: over all time zones, both clock changes and any change of mind (N6)."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.windows import BATCH, Window, Wish, due, due_at_once, latest_slot, next_slot, slot_on

ZONES = sorted(zoneinfo.available_timezones())
START = datetime(2018, 1, 1, tzinfo=UTC)
moments = st.datetimes(datetime(2018, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
wishes = st.builds(
    Wish,
    rhythm=st.sampled_from(["daily", "weekly", "at_once", "never"]),
    zone=st.sampled_from(ZONES).map(zoneinfo.ZoneInfo),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    since=st.just(START),
)
# A sweep or two, an hour, a night, days of being down; and a clock that is put back, or jumps to and fro.
steps = st.one_of(
    st.timedeltas(timedelta(0), timedelta(minutes=2)),
    st.timedeltas(timedelta(0), timedelta(days=1)),
    st.timedeltas(timedelta(0), timedelta(days=12)),
    st.timedeltas(timedelta(days=-3), timedelta(days=3)),
)


def wish(rhythm: str = "daily", zone: str = "Europe/Amsterdam", hour: int = 8, weekday: int = 0) -> Wish:
    return Wish(rhythm, zoneinfo.ZoneInfo(zone), hour, weekday, START)


def at(text: str, zone: str = "Europe/Amsterdam") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(UTC)


def test_a_daily_digest_closes_at_the_hour_of_the_member() -> None:
    """N2, N6."""
    assert due(wish(), at("2026-03-03 08:00"), at("2026-03-04 07:59")) is None
    assert due(wish(), at("2026-03-03 08:00"), at("2026-03-04 08:00")) == Window(
        at("2026-03-03 08:00"), at("2026-03-04 08:00")
    )


def test_a_weekly_digest_closes_on_its_day() -> None:
    """N2. 2 March 2026 is a Monday."""
    weekly = wish("weekly", weekday=0, hour=9)
    assert due(weekly, at("2026-03-02 09:00"), at("2026-03-08 23:00")) is None
    assert due(weekly, at("2026-03-02 09:00"), at("2026-03-09 09:01")) == Window(
        at("2026-03-02 09:00"), at("2026-03-09 09:00")
    )


def test_three_days_down_give_one_combined_issue() -> None:
    """N6."""
    window = due(wish(), at("2026-03-03 08:00"), at("2026-03-06 17:12"))
    assert window == Window(at("2026-03-03 08:00"), at("2026-03-06 08:00"))
    assert due(wish(), window.end, at("2026-03-06 17:13")) is None


def test_half_past_two_in_the_night_that_skips_it_is_not_lost() -> None:
    """N6. On 29 March 2026 the clock goes from 02:00 to 03:00; on 25 October 02:00 comes twice."""
    two = wish(hour=2)
    assert slot_on(at("2026-03-29 12:00").date(), two) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert due(two, at("2026-03-28 02:00"), at("2026-03-29 03:00")) == Window(
        at("2026-03-28 02:00"), datetime(2026, 3, 29, 1, tzinfo=UTC)
    )
    autumn = due(two, at("2026-10-24 02:00"), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert autumn is not None and autumn.end == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert due(two, autumn.end, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) is None


def test_an_hour_that_is_skipped_at_the_end_of_a_day_comes_before_the_gap() -> None:
    """N6. In Nuuk, on 30 March 2024, midnight came an hour early; the day after it has a digest of its own."""
    nuuk = wish(zone="America/Nuuk", hour=23)
    slots = [slot_on(date(2024, 3, 29) + timedelta(days=ahead), nuuk) for ahead in range(4)]
    assert [slot.astimezone(nuuk.zone).day for slot in slots] == [29, 30, 31, 1]
    assert all(due(nuuk, before, slot) == Window(before, slot) for before, slot in pairwise(slots))


def test_a_leap_day_has_its_digest() -> None:
    """N6."""
    window = due(wish(), at("2028-02-28 08:00"), at("2028-02-29 08:00"))
    assert window == Window(at("2028-02-28 08:00"), at("2028-02-29 08:00"))


def test_a_later_hour_gives_no_second_digest_on_the_same_day() -> None:
    """N6. What happens in between stands in tomorrow's."""
    sent = due(wish(hour=8), at("2026-03-03 08:00"), at("2026-03-04 08:00"))
    assert due(wish(hour=17), sent.end, at("2026-03-04 17:00")) is None
    assert due(wish(hour=17), sent.end, at("2026-03-05 17:00")) == Window(sent.end, at("2026-03-05 17:00"))


def test_a_clock_that_jumps_back_sends_nothing_twice() -> None:
    """N6."""
    sent = due(wish(), at("2026-03-03 08:00"), at("2026-03-04 09:00"))
    assert due(wish(), sent.end, at("2026-03-03 09:00")) is None


def test_the_first_window_begins_when_the_member_joined() -> None:
    new = Wish("daily", zoneinfo.ZoneInfo("Europe/Amsterdam"), 8, 0, at("2026-03-04 07:12"))
    assert due(new, None, at("2026-03-04 08:00")) == Window(at("2026-03-04 07:12"), at("2026-03-04 08:00"))


def test_at_once_waits_ten_minutes_for_more() -> None:
    """N2."""
    first = at("2026-03-04 10:00")
    assert due_at_once(START, None, first, first + BATCH - timedelta(seconds=1)) is None
    assert due_at_once(START, None, first, first + BATCH) == Window(START, first + BATCH)
    assert due_at_once(START, None, None, first) is None


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(wishes, steps), min_size=2, max_size=25), moments)
def test_windows_join_whatever_a_member_changes_and_however_the_clock_goes(changes, now) -> None:
    """N6. No gap, no overlap, and at most one issue on a local day of the zone it was made in."""
    windows: list[tuple[Wish, Window]] = []
    last = None
    for current, step in changes:
        now += step
        if window := due(current, last, now):
            assert window.start < window.end <= now
            assert window.start == (START if last is None else last)
            assert window.end == latest_slot(current, now)
            if windows:
                day, before = (moment.astimezone(current.zone).date() for moment in (window.end, window.start))
                assert before < day
            windows.append((current, window))
            last = window.end
            assert due(current, last, now) is None
    assert all(a.end == b.start for (_w, a), (_v, b) in pairwise(windows))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, 23), moments)
def test_every_local_day_has_one_daily_digest_in_every_zone(zone, hour, now) -> None:
    """N6. Asked every half hour for ten days, across whatever clock change they hold."""
    daily = wish(zone=zone, hour=hour)
    last, days = latest_slot(daily, now), []
    for step in range(1, 480):
        if window := due(daily, last, now + step * timedelta(minutes=30)):
            days.append(window.end.astimezone(daily.zone).date())
            last = window.end
    assert len(days) == len(set(days)) and 9 <= len(days) <= 11


@settings(max_examples=200, deadline=None)
@given(wishes, moments)
def test_the_day_that_is_announced_is_the_day_it_comes(one, now) -> None:
    """N5. "Your next overview comes …" is the next window that closes."""
    coming = next_slot(one, latest_slot(one, now) if one.rhythm in ("daily", "weekly") else None, now)
    if one.rhythm not in ("daily", "weekly"):
        assert coming is None
    else:
        assert coming is not None and coming > now
        assert due(one, latest_slot(one, now), coming) is not None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, 23), st.lists(steps, min_size=5, max_size=60), moments)
def test_a_local_day_has_one_daily_digest_however_the_clock_goes(zone, hour, jumps, now) -> None:
    """N6. Over all that was ever sent, not only from one to the next."""
    daily, last, days = wish(zone=zone, hour=hour), None, []
    for jump in jumps:
        now += jump
        if window := due(daily, last, now):
            days.append(window.end.astimezone(daily.zone).date())
            last = window.end
    assert days == sorted(set(days))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(steps, st.booleans()), min_size=2, max_size=40), moments)
def test_what_is_told_at_once_joins_as_well_however_the_clock_goes(happenings, now) -> None:
    """N6. Each thing that happens stands in one window and in no other: the first that closes after it."""
    last, waiting, told, windows = None, [], [], []
    for jump, happens in happenings:
        now += jump
        if happens:
            waiting.append(now)
        if window := due_at_once(START, last, min(waiting, default=None), now):
            assert window.start == (START if last is None else last) and window.start < window.end <= now
            windows.append(window)
            told += [moment for moment in waiting if moment < window.end]
            waiting = [moment for moment in waiting if moment >= window.end]
            last = window.end
    assert all(a.end == b.start for a, b in pairwise(windows))
    assert len(told) + len(waiting) == sum(happens for _jump, happens in happenings)


def changes_of(zone: zoneinfo.ZoneInfo) -> list[datetime]:
    """The moments of ten years after which its clock goes otherwise, to the hour before."""

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(zone).utcoffset()

    found, moment, week = [], START, timedelta(days=7)
    while moment < START + timedelta(days=3653):
        if offset(moment) != offset(moment + week):
            found += [one for n in range(168) if offset(one := moment + n * HOUR) != offset(one + HOUR)]
        moment += week
    return found


def is_skipped(zone: zoneinfo.ZoneInfo, day: date, hour: int) -> bool:
    """Whether no clock there shows that hour on that day."""
    shown = datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC).astimezone(zone)
    return (shown.date(), shown.hour) != (day, hour)


HOUR, RESOLUTION = timedelta(hours=1), timedelta(microseconds=1)


def test_no_change_of_any_clock_in_ten_years_loses_or_doubles_a_day() -> None:
    """N6. Of every zone there is and at every hour around the change, skipped and double ones too: each day closes
    after the one before, within its own day or right after the hour that was skipped, and joins it."""
    seen, looked_at = set(), 0
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        changes = changes_of(zone)
        alike = tuple((change, change.astimezone(zone).utcoffset()) for change in changes)
        if alike in seen:
            continue  # another name for the same clock
        seen.add(alike)
        for change in changes:
            day = change.astimezone(zone).date()
            for hour in {(change.astimezone(zone).hour + near) % 24 for near in range(-1, 4)}:
                daily = wish(zone=name, hour=hour)
                slots = [slot_on(day + timedelta(days=ahead), daily) for ahead in range(-2, 3)]
                for ahead, (before, slot) in enumerate(pairwise(slots), -1):
                    local = slot.astimezone(zone)
                    assert local.date() == day + timedelta(days=ahead), (name, slot)
                    assert local.hour == hour or is_skipped(zone, local.date(), hour), (name, slot)
                    assert timedelta(hours=21) <= slot - before <= timedelta(hours=27), (name, slot)
                    assert latest_slot(daily, slot) == slot and latest_slot(daily, slot - RESOLUTION) == before
                    assert due(daily, before, slot) == Window(before, slot), (name, slot)
                    assert due(daily, slot, slot + 20 * HOUR) is None
                    looked_at += 1
    assert len(seen) > 50 and looked_at > 10_000


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2028, 2, 29)])
def test_a_leap_day_has_its_one_digest_in_every_zone(day: date) -> None:
    """N6."""
    for place, name in enumerate(ZONES):
        daily = wish(zone=name, hour=place % 24)
        before, leap, after = (slot_on(day + timedelta(days=ahead), daily) for ahead in (-1, 0, 1))
        assert leap.astimezone(daily.zone).date() == day
        assert due(daily, before, leap) == Window(before, leap) and due(daily, leap, after) == Window(leap, after)


@settings(max_examples=200, deadline=None)
@given(wishes.filter(lambda one: one.rhythm == "daily"), moments)
def test_three_days_down_give_one_combined_issue_anywhere(one, now) -> None:
    """N6. Everything since the last one stands in it; nothing is made up for the days in between."""
    last = latest_slot(one, now)
    later = now + timedelta(days=3)
    window = due(one, last, later)
    assert window == Window(last, latest_slot(one, later)) and due(one, window.end, later) is None
    assert 2 <= (window.end - window.start) / timedelta(days=1) <= 4.1


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(0, 23), moments)
def test_whoever_travels_waits_two_days_at_most(there, here, hour, now) -> None:
    """N6. From any zone to any other: the next digest comes, and joins the one before."""
    last = latest_slot(wish(zone=there, hour=hour), now)
    moved = wish(zone=here, hour=hour)
    closing = [moment for n in range(1, 60) if due(moved, last, moment := now + n * HOUR)]
    assert closing and due(moved, last, closing[0]).start == last
