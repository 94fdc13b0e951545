"""The timetable: everything that happens by the clock, a line per job in plain words. Times are UTC."""

from typing import Any

TIMETABLE: dict[str, dict[str, Any]] = {
    "every minute: send what a lost wake-up left behind": {"task": "notifications.sweep", "schedule": 60.0},
}
