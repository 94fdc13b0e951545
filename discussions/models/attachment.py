"""A file with a post. It is served through the rule of the post and carries no name that its maker gave it (D14)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.draft import UNUSED
from discussions.models.post import Post


def random_key() -> str:
    return secrets.token_hex(12)


def place_of_file(_attachment: Attachment, name: str) -> str:
    """Says nothing of who handed it in, or of what it is. The ending is ours: cleaning gave it."""
    return f"attachments/{secrets.token_hex(16)}.{name.rpartition('.')[2]}"


class Kind(models.TextChoices):
    PICTURE = "picture", _("picture")
    PDF = "pdf", _("PDF")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, viewer: User | AnonymousUser) -> AttachmentQuerySet:
        """Whoever sees the post, while it says something; one that waits for its post only who handed it in."""
        rule = Q(post__in=Post.objects.visible_to(viewer).live().values("pk"))
        if is_member(viewer):
            rule |= Q(post=None, waits_for=viewer)
        return self.filter(rule)

    def waiting(self, user: User, keys: Iterable[str] | None = None) -> AttachmentQuerySet:
        """What `user` handed in for a post that isn't placed yet, in the order it came."""
        rows = self.filter(post=None, waits_for=user).order_by("pk")
        return rows if keys is None else rows.filter(key__in=list(keys))

    def of(self, post: Post) -> AttachmentQuerySet:
        return self.filter(post=post).order_by("position", "pk")

    def past_keeping(self, now: datetime) -> AttachmentQuerySet:
        """With a post deleted thirty days ago (D7), or waiting for a post as long as a draft may."""
        gone = Post.objects.past_restoring(now).values("pk")
        return self.filter(Q(post__in=gone) | Q(post=None, added_at__lt=now - UNUSED))


class Attachment(models.Model):
    key = models.CharField(max_length=24, unique=True, default=random_key, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="attachments")
    # Who handed it in, until it stands with a post; from then on the name of the post says who, if anybody.
    waits_for = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8, choices=Kind)
    file = models.FileField(upload_to=place_of_file)
    words = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["added_at"], condition=Q(post=None), name="waiting_attachments")]
        constraints = [
            models.CheckConstraint(
                condition=Q(post=None, waits_for__isnull=False) | Q(post__isnull=False, waits_for=None),
                name="an_attachment_waits_or_stands",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("discussions:attachment", args=[self.key])

    @property
    def ending(self) -> str:
        return str(self.file.name).rpartition(".")[2]
