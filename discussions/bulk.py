"""Many posts at once, with the numbers, places and counters that the actions give: for measuring and for imports.

Nothing is announced and nobody is asked: don't call it from a view.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection

from discussions import tree
from discussions.models import Post, Thread
from experts.models import Name
from swexpertise.writing import write

Shape = Callable[[int], int]
BATCH = 2000


class Branch(Protocol):
    """A post as far as its place goes; posts are such, and so is less than a post."""

    path: Any  # bytes; a post just read holds a memoryview
    reply_count: int


def wide(index: int) -> int:
    """All answer the opening post."""
    return 0


def deep(index: int) -> int:
    """Each answers the one before."""
    return index - 1


def branching(index: int) -> int:
    """Three answers to each post."""
    return (index - 1) // 3


def fill(
    thread: Thread, names: Sequence[Name], count: int, *, at: datetime, shape: Shape = branching, text: str = "Ja."
) -> None:
    """Adds `count` posts to a thread that holds its opening post only; `shape` says whom the nth post answers."""
    opening = Post.objects.get(thread=thread, number=1)
    made = _posts(thread, opening, names, count, at, shape, text)
    Post.objects.bulk_create(made, batch_size=BATCH)
    last = made[-1] if made else opening
    opening.save(update_fields=["reply_count"])
    Thread.objects.filter(pk=thread.pk).update(
        last_number=last.number, post_count=last.number, last_post_at=last.posted_at
    )
    thread.refresh_from_db()


def _posts(
    thread: Thread, opening: Post, names: Sequence[Name], count: int, at: datetime, shape: Shape, text: str
) -> list[Post]:
    written = write(text)
    places = {tree.ROOT: opening}
    every = [opening]
    for index, key in enumerate(reserve(count), start=1):
        parent = every[shape(index)]
        path = place(parent, places)
        post = Post(
            pk=key,
            thread=thread,
            parent_id=parent.pk,
            author=names[index % len(names)],
            number=index + 1,
            path=path,
            depth=parent.depth + 1,
            source=written.source,
            html=written.html,
            plain=written.plain,
            posted_at=at + timedelta(seconds=index),
        )
        places[path] = post
        every.append(post)
    return every[1:]


def place(parent: Branch, places: Mapping[bytes, Branch]) -> bytes:
    """The next place under `parent`, which it counts; `places` are the posts of the thread by their path."""
    for above in _upwards(bytes(parent.path), places, parent):
        path = tree.child(bytes(above.path), above.reply_count)
        if tree.fits(path):
            above.reply_count += 1
            return path
    raise OverflowError("No room in this thread.")


def _upwards(path: bytes, places: Mapping[bytes, Branch], parent: Branch) -> Iterator[Branch]:
    yield parent
    for above in tree.ancestors(path):
        yield places[above]


def reserve(count: int) -> list[int]:
    """Keys from the sequence, so that answers can name their parent before either is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('discussions_post', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [key for (key,) in cursor.fetchall()]
