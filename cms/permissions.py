"""What somebody may do in the CMS."""

from accounts.audiences import Viewer, is_member

EDITORS = "Redactie"  # the group's name; Wagtail asks its permissions


def may_enter(viewer: Viewer) -> bool:
    """Open the editors' side."""
    return is_member(viewer) and viewer.has_perm("wagtailadmin.access_admin")


def may_edit_files(viewer: Viewer) -> bool:
    """Choose from every picture and document, those of drafts included."""
    return may_enter(viewer) and viewer.is_coordinator  # type: ignore[union-attr]  # who may enter is a User
