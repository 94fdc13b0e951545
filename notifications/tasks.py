"""Wake-ups. What is to be done stands in PostgreSQL; each of these may run twice, at once, or not at all."""

from celery import shared_task
from django.utils import timezone

from notifications.actions import events, rounds, samples
from notifications.inbound import mailbox


@shared_task(name="notifications.fan_out")
def fan_out() -> None:
    events.fan_out(now=timezone.now())


@shared_task(name="notifications.sweep")
def sweep(by_the_clock: bool = False) -> None:
    rounds.sweep(now=timezone.now(), by_the_clock=by_the_clock)


@shared_task(name="notifications.read_mailbox")
def read_mailbox() -> None:
    mailbox.read_mailbox(now=timezone.now())


@shared_task(name="notifications.send_sample")
def send_sample(pk: int) -> None:
    samples.send(pk=pk, now=timezone.now())
