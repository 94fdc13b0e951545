"""What a coordinator decided about a thread, and why: shown with the thread to whoever can see it now."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from discussions.models.thread import Thread


class Act(models.TextChoices):
    LOCK = "lock", _("closed")
    UNLOCK = "unlock", _("opened again")
    PIN = "pin", _("put on top")
    UNPIN = "unpin", _("no longer on top")
    RENAME = "rename", _("renamed")
    MOVE = "move", _("moved")
    REMOVE = "remove", _("removed")
    SPLIT = "split", _("split")
    MERGE = "merge", _("merged")
    REMOVE_POST = "remove_post", _("a post removed")
    URGENT = "urgent", _("marked urgent")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, viewer: User | AnonymousUser) -> DecisionQuerySet:
        """Members who see the thread. The row holds no old title and no old space, so a move tells nothing (D8)."""
        if not viewer.is_authenticated:
            return self.none()
        return self.filter(thread__in=Thread.objects.visible_to(viewer).values("pk"))

    def made_urgent_by(self, coordinator: User, *, since: datetime) -> DecisionQuerySet:
        return self.filter(act=Act.URGENT, by=coordinator, decided_at__gt=since)

    def newest_first(self) -> DecisionQuerySet:
        return self.order_by("-decided_at", "-pk")


class Decision(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="decisions")
    act = models.CharField(max_length=12, choices=Act)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    # Never shown: a decision is the coordinators', not one person's. NULL keeps: that account is gone.
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["thread", "-decided_at"], name="decisions_of_a_thread")]
