"""The address under which a member's feed reader fetches a space (D18). Of the address we keep what recognises it."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.audiences import is_member
from accounts.models import User
from discussions.models import Space


def new_token() -> str:
    """192 random bits: derives from nothing and leads to nobody."""
    return secrets.token_urlsafe(24)


def recognised_by(token: str) -> str:
    return salted_hmac("notifications.feed", token, algorithm="sha256").hexdigest()


class FeedKeyQuerySet(models.QuerySet["FeedKey"]):
    def visible_to(self, viewer: User | AnonymousUser) -> FeedKeyQuerySet:
        """The member whose feed it is."""
        return self.filter(user=viewer.pk) if is_member(viewer) else self.none()

    def with_token(self, token: str) -> FeedKeyQuerySet:
        """That of this address, if it is still good."""
        return self.filter(token_hash=recognised_by(token)).select_related("user__preferences")


class FeedKey(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="feed_keys")
    # NULL keeps: the feed of what the member is told, from all spaces (N5).
    space = models.ForeignKey(Space, on_delete=models.CASCADE, null=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = FeedKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "space"], nulls_distinct=False, name="one_feed_per_space")
        ]
