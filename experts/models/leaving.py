"""What is left of the names of an erased account: when they go, and that nobody takes their spelling (P13, P7)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.crypto import salted_hmac

from accounts.models import User
from experts.models.name import Name


class LeavingQuerySet(models.QuerySet["Leaving"]):
    def visible_to(self, viewer: User | AnonymousUser) -> LeavingQuerySet:
        """Nobody: until it goes, the name looks like any other."""
        return self.none()

    def due(self, now: datetime) -> LeavingQuerySet:
        return self.filter(lapses_at__lte=now).order_by("lapses_at", "name")


class Leaving(models.Model):
    """A name whose person has gone, held by an account of nobody until it goes too, at a moment of its own."""

    name = models.OneToOneField(Name, on_delete=models.CASCADE, primary_key=True, related_name="leaving")
    lapses_at = models.DateTimeField(db_index=True)

    objects = LeavingQuerySet.as_manager()


class TakenSpellingQuerySet(models.QuerySet["TakenSpelling"]):
    def visible_to(self, viewer: User | AnonymousUser) -> TakenSpellingQuerySet:
        """Nobody."""
        return self.none()

    def take(self, skeleton: str) -> None:
        self.get_or_create(sealed=seal(skeleton))

    def is_taken(self, skeleton: str) -> bool:
        return self.filter(sealed=seal(skeleton)).exists()


class TakenSpelling(models.Model):
    """So that nobody takes a name that others remember. It can be asked for, and not read."""

    sealed = models.CharField(max_length=64, primary_key=True)

    objects = TakenSpellingQuerySet.as_manager()


def seal(skeleton: str) -> str:
    return salted_hmac("experts.taken", skeleton, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
