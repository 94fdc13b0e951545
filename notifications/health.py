"""What `/health/ready` asks of this storey: a worker that works, a clock that ticks, an outbox that empties."""

from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from notifications.models import Event, Heartbeat
from swexpertise.safety.health import health_check

LATE = timedelta(minutes=3)


def _beats(name: str) -> bool:
    try:
        return Heartbeat.objects.filter(name=name, at__gt=timezone.now() - LATE).exists()
    except DatabaseError:
        return False


@health_check("worker")
def worker() -> bool:
    """A sweep ended in the last three minutes."""
    return _beats("worker")


@health_check("beat")
def beat() -> bool:
    """The clock asked for a sweep in the last three minutes."""
    return _beats("beat")


@health_check("outbox")
def outbox() -> bool:
    """Nothing waits in the outbox for longer than three minutes."""
    try:
        oldest = Event.objects.waiting().values_list("at", flat=True).first()
    except DatabaseError:
        return False
    return oldest is None or oldest > timezone.now() - LATE
