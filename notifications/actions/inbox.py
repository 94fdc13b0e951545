"""read: "mark as read up to here". letter_was_read: a link to it was followed."""

from collections import defaultdict
from collections.abc import Collection

from django.utils import timezone

from accounts.models import User
from discussions.actions.reading import mark_read
from discussions.models import Thread
from letters.models import Letter
from notifications.models import Delivery
from notifications.models.delivery import DeliveryQuerySet


def read(*, by: User, events: Collection[int]) -> None:
    """The posts and letters of these events, which a page showed to `by`: neither what came since, nor older ones for
    which there was no room (N5). Safe to repeat; another's are passed by."""
    rows = Delivery.objects.visible_to(by).in_app().unread().filter(event__in=events)
    of_letters = rows.filter(event__letter__isnull=False)
    _of_letters(by).filter(event__in=list(of_letters.values_list("event", flat=True))).update(read_at=timezone.now())
    rows = rows.filter(event__letter=None)
    numbers: dict[int, set[int]] = defaultdict(set)
    for found, number in rows.values_list("event__thread", "event__post__number"):
        numbers[found].add(number)
    for one in Thread.objects.visible_to(by).filter(pk__in=numbers):
        mark_read(by=by, thread=one, numbers=numbers[one.pk])


def letter_was_read(*, by: User, letter: Letter) -> None:
    """Whatever `by` was told of it. One statement."""
    _of_letters(by).filter(event__letter=letter).update(read_at=timezone.now())


def _of_letters(by: User) -> DeliveryQuerySet:
    """What is unread about letters, by mail too: what was read on the site isn't mailed any more."""
    return Delivery.objects.filter(recipient=by, event__letter__isnull=False, read_at=None)
