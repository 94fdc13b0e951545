"""mark_read, mark_all_read, mark_space_read: what a member has now seen. Exact, and safe to do twice (D5)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.utils import timezone

from accounts.models import User
from discussions.models import Reading, Space, Thread
from discussions.models.reading import NumbersField
from discussions.models.reading import numbers as as_ranges
from discussions.signals import thread_read
from discussions.unread import EveryNumber


def mark_read(*, by: User, thread: Thread, numbers: Collection[int], at: datetime | None = None) -> bool:
    """`numbers` of `thread` are read by `by`. Gives whether that was news; only then is it announced.

    When its posts got other numbers since `thread` was fetched, nothing is marked: the numbers are others' now.
    """
    if not numbers:
        return False
    with transaction.atomic(savepoint=False):
        read = Value(as_ranges(numbers), output_field=NumbersField())
        visible = Thread.objects.visible_to(by).filter(pk=thread.pk, arranged=thread.arranged)
        if not Reading.objects.add(by, visible, read, at or timezone.now()):
            return False
        thread_read.send(Thread, thread=thread, user=by, numbers=sorted(numbers))
    return True


def mark_all_read(*, by: User, thread: Thread, at: datetime | None = None) -> None:
    _mark_whole(by, [thread], at)


@transaction.atomic
def mark_space_read(*, by: User, space: Space, at: datetime | None = None) -> None:
    _mark_whole(by, list(Thread.objects.visible_to(by).filter(space=space).with_news(by)), at)


@transaction.atomic
def _mark_whole(by: User, threads: list[Thread], at: datetime | None) -> None:
    visible = Thread.objects.visible_to(by).filter(pk__in=[thread.pk for thread in threads])
    read = EveryNumber("last_number", output_field=NumbersField())
    changed = set(Reading.objects.add(by, visible, read, at or timezone.now()))
    for thread in threads:
        if thread.pk in changed:
            thread_read.send(Thread, thread=thread, user=by, numbers=list(range(1, thread.last_number + 1)))
