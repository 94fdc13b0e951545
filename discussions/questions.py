"""What the page of a thread asks, put into SQL once for each role (see `swexpertise.prepared`)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.audiences import Viewer
from discussions import mentions
from discussions.models import Post, Reaction, Thread
from discussions.models.draft import with_my_draft
from discussions.models.post import PostQuerySet
from discussions.models.thread import ThreadQuerySet
from experts.models.name import NameQuerySet
from swexpertise.prepared import prepared


@prepared
def thread_of_page(viewer: Viewer, *, pk: int) -> ThreadQuerySet:
    return with_my_draft(Thread.objects.visible_to(viewer).for_page(viewer), viewer).filter(pk=pk)


@prepared
def posts_in_tree(viewer: Viewer, begin: int, end: int, *, thread: int) -> PostQuerySet:
    posts = Post.objects.visible_to(viewer).for_eyes_of(viewer).filter(thread=thread)
    return posts.for_page().in_tree()[begin:end]


@prepared
def posts_in_time(viewer: Viewer, *, thread: int, first: int, beyond: int) -> PostQuerySet:
    """Those numbered `first` up to and not including `beyond`."""
    posts = Post.objects.visible_to(viewer).for_eyes_of(viewer).filter(thread=thread)
    return posts.for_page().numbered([(first, beyond)]).in_time()


@prepared
def people(viewer: Viewer, *, keys: Sequence[int], handles: Sequence[str]) -> NameQuerySet:
    return mentions.people(viewer, keys=keys, handles=handles)


@prepared
def reactions(viewer: Viewer, *, posts: Sequence[int]) -> QuerySet[Reaction, dict[str, Any]]:
    return Reaction.objects.visible_to(viewer).counted(posts, viewer)
