"""Named points at which the test suite kills the process that sends, to prove that nothing is lost or doubled (N7)."""

import os
import signal

from django.conf import settings

POINTS = (
    "after planning",
    "after leasing",
    "before DATA",
    "after DATA",
    "before noting",
    "after noting",
    "after marking",
)


# Where the process that takes a mail from outside dies (N19).
TAKING = ("after storing", "before keeping", "after keeping")


def point(name: str, issue: int = 0) -> None:
    """Does nothing, unless the settings of the tests name this point: then it is as if the power went. With
    `CRASH_ISSUE` only over the issue of that key."""
    if getattr(settings, "CRASH_AT", "") == name and getattr(settings, "CRASH_ISSUE", 0) in (0, issue):
        os.kill(os.getpid(), signal.SIGKILL)
