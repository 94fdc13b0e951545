"""What someone may do with what is told. Asked by view, template and, again, by the action."""

from accounts.audiences import Viewer, is_member


def may_look_after_mail(viewer: Viewer) -> bool:
    """How mail fares, and sending again what stranded: coordinators. What stands in it is for its recipient alone."""
    return is_member(viewer) and viewer.is_coordinator  # type: ignore[union-attr]  # a member is a User
