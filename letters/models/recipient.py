"""Somebody a letter is addressed to: named only as the addressee of a public letter, else by role."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import get_language

from accounts.models import User
from letters.models.letter import Letter


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def visible_to(self, viewer: User | AnonymousUser) -> RecipientQuerySet:
        """Whoever sees the letter."""
        return self.filter(letter__in=Letter.objects.visible_to(viewer).values("pk"))


class Recipient(models.Model):
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="recipients")
    name = models.CharField(max_length=120, blank=True)
    role_nl = models.CharField(max_length=120)
    role_en = models.CharField(max_length=120)
    party = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "position"], name="one_recipient_per_place")]

    @property
    def role(self) -> str:
        return self.role_en if get_language() == "en" else self.role_nl
