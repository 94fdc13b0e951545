"""A split or merge that can still be undone: who did it, when, and how everything stood before (D8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.decision import Act
from discussions.models.thread import Thread

UNDOABLE = timedelta(hours=24)


class TidyingQuerySet(models.QuerySet["Tidying"]):
    def visible_to(self, viewer: User | AnonymousUser) -> TidyingQuerySet:
        """Coordinators who see the discussion that goes on. What stood before is shown to nobody."""
        if not is_member(viewer) or not viewer.is_coordinator:  # type: ignore[union-attr]  # a member is a User
            return self.none()
        return self.filter(thread__in=Thread.objects.visible_to(viewer).values("pk"))

    def undoable(self, now: datetime) -> TidyingQuerySet:
        return self.filter(undone_at=None, done_at__gt=now - UNDOABLE)

    def latest_of(self, thread: Thread) -> Tidying | None:
        """The last one that `thread` had a part in: what goes back first."""
        rows = self.filter(Q(thread=thread) | Q(other=thread)).defer("kept").select_related("thread", "other")
        return rows.order_by("-done_at", "-pk").first()

    def past_undoing(self, now: datetime) -> TidyingQuerySet:
        return self.filter(done_at__lte=now - UNDOABLE)


class Tidying(models.Model):
    act = models.CharField(max_length=5, choices=[(act.value, act.label) for act in (Act.SPLIT, Act.MERGE)])
    # The one that goes on, and the one that was split off it or went into it.
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    # NULL keeps: that account is gone.
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    # Keys, and the title that a merge took away; what actions/undoing.py needs. Let go of after a day.
    kept = models.JSONField(default=dict)

    objects = TidyingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["thread", "-done_at"], name="tidyings_of_a_thread"),
            models.Index(fields=["other", "-done_at"], name="tidyings_of_the_other"),
        ]

    @property
    def until(self) -> datetime:
        return self.done_at + UNDOABLE
