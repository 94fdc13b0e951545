"""Threads in lists: rows with faces, spaces with their newest threads, and what of a space is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.audiences import Viewer
from discussions.models import Space, Thread
from discussions.models.thread import ThreadQuerySet
from experts.faces import Face, face_of


@dataclass(frozen=True, slots=True)
class Row:
    thread: Thread
    face: Face


@dataclass(frozen=True, slots=True)
class Shelf:
    """A space with how many threads, how many unread posts, and its newest threads."""

    space: Space
    thread_count: int
    unread: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which threads of a space: by topic, only questions, only those with something new."""

    tag: str = ""
    questions: bool = False
    unread: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Choice:
        return cls(query.get("tag", "")[:100], query.get("kind") == "question", bool(query.get("unread")))

    def __bool__(self) -> bool:
        return bool(self.tag or self.questions or self.unread)

    def narrow(self, threads: ThreadQuerySet, viewer: Viewer) -> ThreadQuerySet:
        if self.tag:
            threads = threads.about_slug(self.tag)
        if self.questions:
            threads = threads.questions()
        return threads.with_news(viewer) if self.unread else threads


def rows_of(threads: Iterable[Thread], viewer: Viewer) -> list[Row]:
    return [Row(thread, face_of(thread.author, viewer)) for thread in threads]


def shelves(spaces: Iterable[Space], threads: ThreadQuerySet, newest: ThreadQuerySet, viewer: Viewer) -> list[Shelf]:
    tally = threads.tally_by_space(viewer)
    by_space: dict[int, list[Row]] = {}
    for row in rows_of(newest.for_rows(viewer), viewer):
        by_space.setdefault(row.thread.space_id, []).append(row)
    none = {"threads": 0, "unread": 0}
    return [
        Shelf(
            space,
            tally.get(space.pk, none)["threads"],
            tally.get(space.pk, none)["unread"],
            by_space.get(space.pk, []),
        )
        for space in spaces
    ]
