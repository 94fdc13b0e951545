"""Filling circles. Coordinators do; the demo says `by=None`."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Circle, CircleMembership, User
from accounts.permissions import may_invite
from accounts.signals import circle_joined, circle_left


def create(*, by: User | None, slug: str, name: str) -> Circle:
    _may_fill(by)
    return Circle.objects.create(slug=slug, name=name)


@transaction.atomic
def add(*, by: User | None, circle: Circle, user: User, at: datetime | None = None) -> None:
    """Adding twice changes nothing."""
    _may_fill(by)
    since = {"since": at or timezone.now()}
    _membership, is_new = CircleMembership.objects.get_or_create(circle=circle, user=user, defaults=since)
    if is_new:
        circle_joined.send(sender=Circle, user=user, circle=circle)


@transaction.atomic
def remove(*, by: User | None, circle: Circle, user: User) -> None:
    _may_fill(by)
    removed, _by_model = CircleMembership.objects.filter(circle=circle, user=user).delete()
    if removed:
        circle_left.send(sender=Circle, user=user, circle=circle)


def _may_fill(by: User | None) -> None:
    if by is not None and not may_invite(by):
        raise PermissionDenied(_("Only a coordinator fills circles."))
