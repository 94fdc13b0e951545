"""What somebody may do with names and profiles."""

from accounts.audiences import Viewer, is_member
from experts.models import Name


def may_edit(viewer: Viewer, name: Name) -> bool:
    """Its holder, and nobody else: coordinators neither."""
    return is_member(viewer) and name.holder_id == viewer.pk and name.retired_at is None


def may_retire(viewer: Viewer, name: Name) -> bool:
    """A further name; the first one stays as long as the account does."""
    return may_edit(viewer, name) and not name.is_first


def may_tend_topics(viewer: Viewer) -> bool:
    """Coordinators rename the words of the vocabulary and join them."""
    return is_member(viewer) and viewer.is_coordinator  # type: ignore[union-attr]  # a member is a User
