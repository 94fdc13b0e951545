"""Earlier summaries of a thread: what "where we stand" said before, by whom and when (D9)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from discussions.models.thread import Thread
from experts.models import Name


class StandRevisionQuerySet(models.QuerySet["StandRevision"]):
    def visible_to(self, viewer: User | AnonymousUser) -> StandRevisionQuerySet:
        """Whoever sees the thread."""
        return self.filter(thread__in=Thread.objects.visible_to(viewer).values("pk"))

    def keep(self, thread: Thread, *, under: Thread) -> StandRevision | None:
        """What "where we stand" of `thread` says goes to the earlier summaries of `under`; None: it says nothing."""
        if thread.stand_by_id is None or thread.stand_at is None:
            return None
        return self.create(
            thread=under,
            source=thread.stand_source,
            html=thread.stand_html,
            by_id=thread.stand_by_id,
            written_at=thread.stand_at,
        )

    def of(self, thread: Thread) -> StandRevisionQuerySet:
        return self.filter(thread=thread).select_related("by__profile").order_by("-written_at", "-pk")


class StandRevision(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="earlier_stands")
    source = models.TextField()
    html = models.TextField()
    by = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = StandRevisionQuerySet.as_manager()
