"""What happens by the clock in discussions (see swexpertise/schedule.py)."""

from celery import shared_task
from django.utils import timezone

from discussions.actions import polls, posts


@shared_task(name="discussions.purge")
def purge() -> None:
    """Safe to run twice: what is gone is gone."""
    posts.purge(now=timezone.now())


@shared_task(name="discussions.close_polls")
def close_polls() -> None:
    """Safe to run twice: a closed poll isn't closed again."""
    polls.close_due(now=timezone.now())
