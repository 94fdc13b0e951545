"""Which window is due: over all time zones, both clock changes and any change of mind (N6)."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from itertools import pairwise

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
steps = st.timedeltas(timedelta(0), timedelta(days=12))


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
def test_windows_join_whatever_a_member_changes_and_however_long_we_were_down(changes, now) -> None:
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
