"""A mail about an account that still has to leave: a reset somebody asked for, a note of what changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

LIFE = timedelta(days=1)
_FIRST, _MOST = timedelta(minutes=2), timedelta(hours=1)


class AccountMailQuerySet(models.QuerySet["AccountMail"]):
    def too_old(self, now: datetime) -> AccountMailQuerySet:
        return self.filter(created_at__lte=now - LIFE)

    @transaction.atomic
    def lease(self, now: datetime) -> AccountMail | None:
        """The one that waits longest, for one worker alone. Whoever sends it deletes it; a worker that is killed
        leaves it for the next, later each time."""
        mail = self.filter(not_before__lte=now).select_for_update(skip_locked=True).order_by("not_before").first()
        if mail:
            mail.not_before = now + min(_FIRST * 2**mail.attempts, _MOST)
            mail.attempts += 1
            mail.save(update_fields=["not_before", "attempts"])
        return mail


class AccountMail(models.Model):
    # What happened and the address, encrypted. Known or not, an address gets a row, so that asking tells nothing (P3).
    letter = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = AccountMailQuerySet.as_manager()
