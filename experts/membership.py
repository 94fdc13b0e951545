"""What coordinators see of membership, by name: role, circles and suspension stand at a holder's first name only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.audiences import Viewer
from accounts.models import Circle, CircleMembership, User
from accounts.models.user import Role
from experts.faces import Face, face_of
from experts.models import Name


@dataclass(frozen=True)
class Membership:
    face: Face
    role: str
    is_active: bool = True
    circles: list[Circle] = field(default_factory=list)


def memberships(names: Iterable[Name], viewer: Viewer) -> list[Membership]:
    """One row a name; `names` come with their holders. One query for all circles."""
    names = list(names)
    holders = [name.holder_id for name in names if name.is_first]
    circles: dict[int, list[Circle]] = defaultdict(list)
    rows = CircleMembership.objects.visible_to(viewer).filter(user__in=holders).select_related("circle")
    for row in rows.order_by("circle__name"):
        circles[row.user_id].append(row.circle)
    return [_membership(name, viewer, circles) for name in names]


def membership_of(name: Name, viewer: Viewer) -> Membership:
    return memberships([name], viewer)[0]


def account_of(name: Name) -> User:
    """The account that acts on this name reach. ValidationError for any other name, in words that don't say why."""
    if not name.is_first or name.holder is None:
        raise ValidationError(_("Nothing was changed: this can't be done here. Ask the member how to go on."))
    return name.holder


def faces_in(circle: Circle, viewer: Viewer) -> list[Face]:
    """The first names of whoever is in the circle."""
    rows = CircleMembership.objects.visible_to(viewer).filter(circle=circle)
    names = Name.objects.visible_to(viewer).filter(is_first=True, holder__in=rows.values("user"))
    return [face_of(name, viewer) for name in names.with_faces().order_by("display_name")]


def _membership(name: Name, viewer: Viewer, circles: dict[int, list[Circle]]) -> Membership:
    face = face_of(name, viewer)
    if not name.is_first or name.holder is None:
        return Membership(face, str(Role.MEMBER.label))
    holder = name.holder
    return Membership(face, holder.get_role_display(), holder.is_active, circles.get(holder.pk, []))
