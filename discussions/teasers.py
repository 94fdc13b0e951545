"""A thread in a few lines, for a page of another app: how many replies, and the last three."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import Truncator

from accounts.audiences import Viewer
from discussions.models import Post, Thread
from experts.faces import Face, face_of

REPLIES = 3
WORDS = 25


@dataclass(frozen=True, slots=True)
class Reply:
    url: str
    face: Face
    excerpt: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Teaser:
    thread: Thread
    replies: list[Reply]


def teaser(pk: int, viewer: Viewer) -> Teaser | None:
    """None when the viewer doesn't see the thread."""
    thread = Thread.objects.visible_to(viewer).for_rows(viewer).filter(pk=pk).first()
    if thread is None:
        return None
    replies = Post.objects.visible_to(viewer).for_eyes_of(viewer).of(thread).live().exclude(number=1)
    last = replies.select_related("author__profile").order_by("-number")
    return Teaser(thread, [_reply(post, viewer) for post in last[:REPLIES]])


def _reply(post: Post, viewer: Viewer) -> Reply:
    excerpt = Truncator(post.excerpt).words(WORDS)
    return Reply(post.get_absolute_url(), face_of(post.author, viewer), excerpt, post.posted_at)
