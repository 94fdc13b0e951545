"""Who stands behind an anonymous name: known to that account, to telling them of answers, and to nobody else (D12)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.audiences import is_member
from accounts.models import User
from experts.models.name import Name


class VeilQuerySet(models.QuerySet["Veil"]):
    def visible_to(self, viewer: User | AnonymousUser) -> VeilQuerySet:
        """One's own. A role lifts no veil: not a coordinator's, not an administrator's."""
        return self.filter(user=viewer) if is_member(viewer) else self.none()

    def since(self, moment: datetime) -> VeilQuerySet:
        return self.filter(name__created_at__gt=moment)


class Veil(models.Model):
    """A row of its own, so that whoever reads names, posts or threads has nothing at hand that leads to the person.

    Its key is that of the name, so no order of its own says anything. Gone with the account: what was asked stays, and
    two questions of one erased person can't be joined any more.
    """

    name = models.OneToOneField(Name, on_delete=models.CASCADE, primary_key=True, related_name="veil")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="veils")

    objects = VeilQuerySet.as_manager()
