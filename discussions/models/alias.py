"""Where a thread went that was merged into another: its old addresses arrive at the post that opened it (D8)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import User
from discussions.models.post import Post
from discussions.models.thread import Thread


class ThreadAliasQuerySet(models.QuerySet["ThreadAlias"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ThreadAliasQuerySet:
        """Whoever sees the post it leads to, in the thread where that stands now."""
        return self.filter(post__in=Post.objects.visible_to(viewer).values("pk"))

    def of(self, thread: int) -> ThreadAliasQuerySet:
        return self.filter(thread=thread).select_related("post__thread")


class ThreadAlias(models.Model):
    """The row hangs on a post, so that it follows when that thread is split or merged again."""

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="alias")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    # The key of the post that stood first on each of its pages, as a tree and by time; of earlier rows nobody knows.
    tree_pages = ArrayField(models.BigIntegerField(), default=list)
    time_pages = ArrayField(models.BigIntegerField(), default=list)

    objects = ThreadAliasQuerySet.as_manager()

    def first_on(self, page: int, *, by_time: bool) -> int | None:
        """The key of the post with which `page` (from 1) of that thread began; None where nobody knows."""
        firsts = self.time_pages if by_time else self.tree_pages
        return firsts[page - 1] if 1 <= page <= len(firsts) else None
