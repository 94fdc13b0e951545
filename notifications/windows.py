"""Which window is due for a member at a moment: one pure function (N6).

The windows of a member join by construction: each begins where the one before it ended. So a change of rhythm, hour or
zone, a clock change or a downtime of days only decides where a window ends. After downtime the latest slot that has
passed is taken, and everything since the last issue stands in one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Preferences, User
from accounts.models.preferences import Rhythm

BATCH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to, not including, `end`; both aware, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a member's preferences decides when they are told. `weekday` 0: Monday; `since`: when they joined."""

    rhythm: str
    zone: ZoneInfo
    hour: int
    weekday: int
    since: datetime


def wish_of(preferences: Preferences, user: User) -> Wish:
    return Wish(preferences.rhythm, preferences.zone, preferences.hour, preferences.weekday, user.joined_at)


def due(wish: Wish, last_to: datetime | None, now: datetime) -> Window | None:
    """The digest window that is due at `now`; None when none is.

    `last_to` is the end of the member's last digest window (None: there was none; the first begins when they joined).
    A local day has at most one issue, even when the hour was moved to a later one after the day's issue went out.
    """
    if wish.rhythm not in (Rhythm.DAILY, Rhythm.WEEKLY):
        return None
    end = latest_slot(wish, now)
    start = wish.since if last_to is None else last_to
    if end <= start:
        return None
    if last_to is not None and end.astimezone(wish.zone).date() <= last_to.astimezone(wish.zone).date():
        return None
    return Window(start.astimezone(UTC), end)


def due_at_once(
    since: datetime, last_to: datetime | None, waiting_since: datetime | None, now: datetime
) -> Window | None:
    """The window of what is told at once: it closes ten minutes after the first thing in it happened."""
    if waiting_since is None or now < waiting_since + BATCH:
        return None
    start = since if last_to is None else last_to
    return Window(start.astimezone(UTC), now.astimezone(UTC)) if start < now else None


def latest_slot(wish: Wish, now: datetime) -> datetime:
    """The last moment at or before `now` at which the member's digest closes, in UTC."""
    day = now.astimezone(wish.zone).date() + timedelta(days=1)  # a day that its zone skipped lies ahead of `now`
    while not _is_a_day_of(wish, day) or (slot := slot_on(day, wish)) > now:
        day -= timedelta(days=1)
    return slot


def next_slot(wish: Wish, last_to: datetime | None, now: datetime) -> datetime | None:
    """When the next digest closes, for the line that says so; None for a rhythm that has no slots."""
    if wish.rhythm not in (Rhythm.DAILY, Rhythm.WEEKLY):
        return None
    day = now.astimezone(wish.zone).date()
    for ahead in range(16):
        one = day + timedelta(days=ahead)
        if _is_a_day_of(wish, one) and (slot := slot_on(one, wish)) > now and due(wish, last_to, slot):
            return slot
    return None


def slot_on(day: date, wish: Wish) -> datetime:
    """The member's hour on `day`, in UTC. One that the clock skips comes after the gap, but before it where the gap
    reaches into the next day, which has a digest of its own; of a double one, the first."""
    slot = datetime.combine(day, time(wish.hour), tzinfo=wish.zone)
    moments = (slot.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    after, before = moments
    return before if after.astimezone(wish.zone).date() > day == before.astimezone(wish.zone).date() else after


def _is_a_day_of(wish: Wish, day: date) -> bool:
    return wish.rhythm == Rhythm.DAILY or day.weekday() == wish.weekday
