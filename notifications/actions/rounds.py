"""sweep: everything that may be waiting, in order. Every minute, and whenever a worker starts."""

import logging
from datetime import datetime

from notifications.actions import events, issues, notes, replies, sending, trouble
from notifications.models import Heartbeat

logger = logging.getLogger(__name__)


def sweep(*, now: datetime, by_the_clock: bool = False) -> None:
    """Safe to run twice at once: rows are leased, windows unique. A step that fails keeps no other from running."""
    for name in ("beat", "worker") if by_the_clock else ("worker",):
        Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
    steps = (events.fan_out, issues.plan, sending.send_all, issues.tidy, replies.work_off, notes.send_all)
    for step in (*steps, trouble.look_again):
        try:
            step(now=now)
        except Exception:
            logger.exception("%s failed; the next sweep tries again", step.__qualname__)
