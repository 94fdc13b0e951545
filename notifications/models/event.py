"""The outbox: one row for each thing that happened, written in the transaction that did it."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from accounts.models.preferences import MailDetail
from discussions.models import Post, Thread
from experts.models import Name


class Kind(models.TextChoices):
    THREAD_OPENED = "thread_opened"
    POST_PUBLISHED = "post_published"
    MENTION_ADDED = "mention_added"
    MADE_URGENT = "made_urgent"


class OutboxQuerySet(models.QuerySet["Event"]):
    def visible_to(self, viewer: User | AnonymousUser) -> OutboxQuerySet:
        """Whoever sees the post knows that it was written."""
        return self.filter(post__in=Post.objects.visible_to(viewer).values("pk"))

    def waiting(self) -> OutboxQuerySet:
        """Nobody was told yet; the oldest first."""
        return self.filter(fanned_out_at=None).order_by("pk")


class Event(models.Model):
    kind = models.CharField(max_length=14, choices=Kind)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    # The most that space, thread and author let stand in mail when it happened; loosening it later reveals nothing.
    mail_detail = models.CharField(max_length=8, choices=MailDetail, default=MailDetail.DISCREET)
    # NULL keeps: its deliveries are not planned yet.
    fanned_out_at = models.DateTimeField(null=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(fanned_out_at=None), name="events_waiting"),
        ]
