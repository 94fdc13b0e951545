"""The words for who may see a thing, from wide to narrow, and the one rule that reads them.

public: everybody; members: whoever may sign in; circle: the members of a named set; coordinators: coordinators and
administrators; only me: the owner. An audience is a column of what it protects and moves with its versions.
"""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.circle import Circle
from accounts.models.user import User

Viewer = User | AnonymousUser


class Audience(models.TextChoices):
    PUBLIC = "public", _("Everyone")
    MEMBERS = "members", _("Members")
    CIRCLE = "circle", _("A circle")
    COORDINATORS = "coordinators", _("Coordinators")
    ONLY_ME = "only_me", _("Only me")


def is_member(viewer: Viewer) -> bool:
    """May sign in now: a suspended or erased account is a visitor."""
    return viewer.is_authenticated and viewer.is_active


def open_audiences(viewer: Viewer, *, is_owner: bool = False) -> frozenset[str]:
    """The audiences that need no row to be looked up: everything but circles, and the owner's own when `is_owner`."""
    audiences = {Audience.PUBLIC}
    if is_member(viewer):
        audiences.add(Audience.MEMBERS)
        if viewer.is_coordinator:  # type: ignore[union-attr]  # a member is a User
            audiences.add(Audience.COORDINATORS)
    if is_owner:
        audiences |= set(Audience)
    return frozenset(audiences)


def heard_by(viewer: Viewer, *, audience: str = "audience", circle: str = "", owner: str = "") -> Q:
    """The rule as a condition on a row: may `viewer` see it by its audience?

    `audience`, `circle` and `owner` are look-up paths from the row to its audience column, its circle and the
    account that owns it; leave out those that the model does not have. An owner sees their own whatever its audience.
    """
    rule = Q(**{f"{audience}__in": open_audiences(viewer)})
    if not is_member(viewer):
        return rule
    if circle:
        rule |= Q(**{audience: Audience.CIRCLE, f"{circle}__in": Circle.objects.entered_by(viewer).values("pk")})
    if owner:
        rule |= Q(**{owner: viewer.pk})
    return rule
