"""What a coordinator ticks to split a thread: posts, and posts with all that stands under them. It is carried from
page to page in the form itself, so that no script is needed and nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.text import Truncator

from accounts.audiences import Viewer
from discussions.models import Post
from discussions.models.post import BEGINNING, in_place_of
from experts.faces import Face, face_of

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """Keys of posts; whether they stand in the thread is asked by the action."""

    posts: frozenset[int] = frozenset()
    trees: frozenset[int] = frozenset()

    @classmethod
    def of(cls, sent: QueryDict) -> Chosen:
        return cls(_keys(sent.getlist("post")), _keys(sent.getlist("tree")))

    def __bool__(self) -> bool:
        return bool(self.posts or self.trees)

    def beyond(self, shown: Iterable[Post]) -> Chosen:
        """Without those that a page shows itself."""
        here = {post.pk for post in shown}
        return Chosen(self.posts - here, self.trees - here)


@dataclass(frozen=True, slots=True)
class Row:
    pk: int
    depth: int
    face: Face
    posted_at: datetime
    beginning: str
    is_gone: bool
    is_opening: bool
    has_replies: bool
    is_chosen: bool
    is_whole: bool


def rows_of(posts: Sequence[Post], chosen: Chosen, viewer: Viewer) -> list[Row]:
    """`posts` were fetched for_choosing."""
    return [
        Row(
            pk=post.pk,
            depth=post.depth,
            face=face_of(post.author, viewer),
            posted_at=post.posted_at,
            beginning=beginning_of(post),
            is_gone=post.deleted_at is not None,
            is_opening=post.number == 1,
            has_replies=post.reply_count > 0,
            is_chosen=post.pk in chosen.posts,
            is_whole=post.pk in chosen.trees,
        )
        for post in posts
    ]


def beginning_of(post: Post) -> str:
    """On one line; of a text with a content note that note, for whoever didn't choose to see such texts (N13)."""
    if post.is_folded:
        return in_place_of(post.content_note)
    return Truncator(" ".join(post.first_words.split())).chars(BEGINNING)


def _keys(values: Iterable[str]) -> frozenset[int]:
    return frozenset(
        int(value) for value in list(values)[:MOST] if value.isascii() and value.isdigit() and len(value) < 18
    )
