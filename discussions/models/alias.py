"""Where a thread went that was merged into another: its old addresses arrive at the post that opened it (D8)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
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

    objects = ThreadAliasQuerySet.as_manager()
