"""What changed between two texts, in words that were taken out and words that were put in (D6)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from discussions.models import Post, Revision

MOST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: "same", "out" (was there before) or "in" (came in its place)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    changed_at: datetime
    pieces: list[Piece]
    note: str  # the content note of either text


def changes(post: Post, revisions: Iterable[Revision]) -> list[Change]:
    """Each change of `post`, the latest first; `revisions` come in that order too."""
    found, after, note = [], post.source, post.content_note
    for revision in revisions:
        pieces = list(difference(revision.source, after))
        found.append(Change(revision.replaced_at, pieces, note or revision.content_note))
        after, note = revision.source, note or revision.content_note
    return found


def difference(before: str, after: str) -> Iterator[Piece]:
    """By words; by lines when the texts are so long that words would take too long."""
    words = r"\s+|[^\s]+"
    old, new = re.findall(words, before), re.findall(words, after)
    if max(len(old), len(new)) > MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for kind, low, high, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[low:high]))
            continue
        if low < high:
            yield Piece("out", "".join(old[low:high]))
        if start < end:
            yield Piece("in", "".join(new[start:end]))
