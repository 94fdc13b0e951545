"""read: "mark as read up to here"."""

from collections import defaultdict
from collections.abc import Collection

from accounts.models import User
from discussions.actions.reading import mark_read
from discussions.models import Thread
from notifications.models import Delivery


def read(*, by: User, events: Collection[int]) -> None:
    """The posts of these events, which a page showed to `by`: neither what came since, nor older ones for which
    there was no room (N5). Safe to repeat; another's are passed by."""
    rows = Delivery.objects.visible_to(by).in_app().unread().filter(event__in=events)
    numbers: dict[int, set[int]] = defaultdict(set)
    for found, number in rows.values_list("event__thread", "event__post__number"):
        numbers[found].add(number)
    for one in Thread.objects.visible_to(by).filter(pk__in=numbers):
        mark_read(by=by, thread=one, numbers=numbers[one.pk])
