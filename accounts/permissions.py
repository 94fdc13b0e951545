"""What somebody may do with accounts."""

from accounts.audiences import Viewer
from accounts.models import User


def may_invite(viewer: Viewer) -> bool:
    """Coordinators; the same people fill circles and suspend."""
    return viewer.is_authenticated and viewer.is_coordinator


def may_give_roles(viewer: Viewer) -> bool:
    return viewer.is_authenticated and viewer.is_administrator


def may_suspend(viewer: Viewer, user: User) -> bool:
    """A coordinator may suspend a member, only an administrator somebody with a role, and nobody themselves."""
    if not may_invite(viewer) or viewer.pk == user.pk:
        return False
    return not user.has_role or may_give_roles(viewer)


def may_erase(viewer: Viewer, user: User) -> bool:
    """Oneself, and nobody else: suspending is what others can do (P13)."""
    return viewer.is_authenticated and viewer.pk == user.pk
