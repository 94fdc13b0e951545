"""Whose words are these? Asked for what an account may do with its own words, and to tell it of answers (D12).

The only door to what stands behind a name, an anonymous one included. What comes out of it is never shown, counted,
sorted by or sent to anybody else; `tests/visibility/test_veils.py` holds the list of those who may ask.
"""

from collections.abc import Iterable

from accounts.audiences import Viewer, is_member
from accounts.models import User
from experts.models import Name


def account_behind(name: Name) -> int | None:
    """The key of the account whose words these are; None when it is erased."""
    if not name.is_anonymous:
        return name.holder_id
    veil = getattr(name, "veil", None)
    return veil.user_id if veil is not None else None


def accounts_behind(names: Iterable[int]) -> dict[int, User]:
    """Likewise of many names (keys), in one query: the account behind each, with its preferences."""
    rows = Name.objects.filter(pk__in=list(names))
    found = {}
    for name in rows.select_related("holder__preferences", "veil__user__preferences"):
        account = name.veil.user if name.is_anonymous and hasattr(name, "veil") else name.holder
        if account is not None:
            found[name.pk] = account
    return found


def is_behind(viewer: Viewer, name: Name) -> bool:
    """Whether the viewer speaks as `name`. Select `…__veil` along where many are asked about."""
    return is_member(viewer) and viewer.pk is not None and account_behind(name) == viewer.pk
