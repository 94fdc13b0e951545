"""What changed on a page, for its readers: one sentence for each time it was published with a new note (K6)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cms.models.page import KnowledgePage


class ChangeQuerySet(models.QuerySet["Change"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ChangeQuerySet:
        """Whoever sees the page."""
        return self.filter(page__in=KnowledgePage.objects.visible_to(viewer).values("pk"))

    def newest_first(self) -> ChangeQuerySet:
        return self.order_by("-at", "-pk")


class Change(models.Model):
    page = models.ForeignKey(KnowledgePage, on_delete=models.CASCADE, related_name="changes")
    note = models.CharField(_("what changed"), max_length=300)
    at = models.DateTimeField(default=timezone.now)

    objects = ChangeQuerySet.as_manager()
