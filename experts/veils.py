"""Whose words are these? Asked for what an account may do with its own words, and to tell it of answers (D12).

The only door to what stands behind a name, an anonymous one included. What comes out of it is never shown, counted,
sorted by or sent to anybody else; `tests/visibility/test_veils.py` holds the list of those who may ask.
"""

from accounts.audiences import Viewer, is_member
from experts.models import Name


def account_behind(name: Name) -> int | None:
    """The key of the account whose words these are; None when it is erased."""
    if not name.is_anonymous:
        return name.holder_id
    veil = getattr(name, "veil", None)
    return veil.user_id if veil is not None else None


def is_behind(viewer: Viewer, name: Name) -> bool:
    """Whether the viewer speaks as `name`. Select `…__veil` along where many are asked about."""
    return is_member(viewer) and viewer.pk is not None and account_behind(name) == viewer.pk
