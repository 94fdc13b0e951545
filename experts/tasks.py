"""What happens by the clock with names (see swexpertise/schedule.py)."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from experts.actions import leaving


@shared_task(name="experts.lapse_names")
def lapse_names(now: datetime | None = None) -> None:
    """Safe to run twice: what has gone is gone."""
    leaving.sweep(now=now or timezone.now())
