"""A member's key in the links that leave mail: random, stored, and good for lowering only (N15)."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User


def new_key() -> str:
    """128 random bits: derives from nothing and leads to nobody."""
    return secrets.token_hex(16)


class MailKeyQuerySet(models.QuerySet["MailKey"]):
    def visible_to(self, viewer: User | AnonymousUser) -> MailKeyQuerySet:
        """Nobody's on a page: it stands in the member's own mail only."""
        return self.none()


class MailKey(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="mail_key")
    key = models.CharField(max_length=32, unique=True, default=new_key)

    objects = MailKeyQuerySet.as_manager()
