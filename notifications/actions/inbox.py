"""read_thread, read_everything: "mark as read up to here"."""

from collections import defaultdict

from accounts.models import User
from discussions.actions.reading import mark_read
from discussions.models import Thread
from notifications.models import Delivery


def read_thread(*, by: User, thread: Thread, up_to: int) -> None:
    """The posts of `thread` that the inbox shows, up to the delivery `up_to`, the newest that was on the page."""
    _read(by, up_to, thread)


def read_everything(*, by: User, up_to: int) -> None:
    _read(by, up_to)


def _read(by: User, up_to: int, thread: Thread | None = None) -> None:
    rows = Delivery.objects.visible_to(by).in_app().unread().filter(pk__lte=up_to)
    if thread is not None:
        rows = rows.filter(event__thread=thread)
    numbers: dict[int, set[int]] = defaultdict(set)
    for found, number in rows.values_list("event__thread", "event__post__number"):
        numbers[found].add(number)
    for one in Thread.objects.visible_to(by).filter(pk__in=numbers):
        mark_read(by=by, thread=one, numbers=numbers[one.pk])
