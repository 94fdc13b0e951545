"""How far `manage.py rebuild_search` came, so that one that was broken off goes on where it was."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from search.models.entry import Kind


class RebuildQuerySet(models.QuerySet["Rebuild"]):
    def visible_to(self, viewer: User | AnonymousUser) -> RebuildQuerySet:
        """Nobody's affair but the command's."""
        return self.none()


class Rebuild(models.Model):
    kind = models.CharField(max_length=12, choices=Kind, primary_key=True)
    last = models.BigIntegerField(help_text="The key up to which everything of this kind is in the index.")

    objects = RebuildQuerySet.as_manager()
