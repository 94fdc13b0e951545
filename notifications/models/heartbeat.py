"""When worker and beat were last seen at work."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def visible_to(self, viewer: User | AnonymousUser) -> HeartbeatQuerySet:
        """Coordinators, since they are told when mail stands still."""
        return self.all() if viewer.is_authenticated and viewer.is_coordinator else self.none()


class Heartbeat(models.Model):
    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()
