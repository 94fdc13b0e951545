"""What pages do by the clock. Safe to run twice."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="cms.publish_scheduled")
def publish_scheduled() -> None:
    """Publishes what was planned for now, and withdraws what was planned to end."""
    call_command("publish_scheduled")
