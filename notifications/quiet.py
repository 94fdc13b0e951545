"""Quiet hours: pure functions of what a member chose and a moment (N2).

They are hours of the member's own clock. On the night of a clock change they last as long as that clock says.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Preferences


def is_between(hour: int, start: int, end: int) -> bool:
    """From `start` up to, not including, `end`; over midnight when start is the later one."""
    return start <= hour < end if start < end else hour >= start or hour < end


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `start` up to, not including, `end`, both hours of the clock in `zone`; over midnight when start > end."""

    start: int
    end: int
    zone: ZoneInfo

    def holds(self, now: datetime) -> bool:
        return is_between(now.astimezone(self.zone).hour, self.start, self.end)

    def ends(self, now: datetime) -> datetime:
        """The moment at which the quiet that holds at `now` is over, in UTC."""
        day = now.astimezone(self.zone).date()
        for ahead in range(3):
            moment = datetime.combine(day + timedelta(days=ahead), time(self.end), tzinfo=self.zone).astimezone(UTC)
            if moment > now and not self.holds(moment):
                return moment
        raise AssertionError("a day has an hour that is not quiet")  # pragma: no cover


def quiet_of(preferences: Preferences) -> Quiet | None:
    if preferences.quiet_from is None or preferences.quiet_to is None:
        return None
    return Quiet(preferences.quiet_from, preferences.quiet_to, preferences.zone)


def held_until(preferences: Preferences, now: datetime) -> datetime | None:
    """Until when a mail to this member waits; None when it may go now."""
    quiet = quiet_of(preferences)
    return quiet.ends(now) if quiet is not None and quiet.holds(now) else None
