"""The discussion of a page: one thread for a page in all its languages, wherever it moves (K10)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from discussions.models import Thread


class PageDiscussionQuerySet(models.QuerySet["PageDiscussion"]):
    def visible_to(self, viewer: User | AnonymousUser) -> PageDiscussionQuerySet:
        """Whoever sees the thread. That a public page has one is no secret; what it says is the thread's to show."""
        return self.filter(thread__in=Thread.objects.visible_to(viewer).values("pk"))


class PageDiscussion(models.Model):
    translation_key = models.UUIDField(unique=True)
    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="about_page")

    objects = PageDiscussionQuerySet.as_manager()
