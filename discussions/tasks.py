"""What happens by the clock in discussions (see swexpertise/schedule.py)."""

from celery import shared_task
from django.utils import timezone

from discussions.actions import posts


@shared_task(name="discussions.purge")
def purge() -> None:
    """Safe to run twice: what is gone is gone."""
    posts.purge(now=timezone.now())
