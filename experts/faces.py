"""What of a person is shown. Templates, mails, feeds and exports receive faces, never users or profiles (house.md)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audiences import Audience, Viewer, is_member
from experts.models import Name


@dataclass(frozen=True, slots=True)
class Face:
    """All that this viewer may know of a name. `url` and `portrait_url` are empty when there is nothing to open."""

    key: str
    display_name: str
    handle: str
    initial: str
    colour: int
    headline: str = ""
    url: str = ""
    portrait_url: str = ""
    is_sample: bool = False

    def __str__(self) -> str:
        return self.display_name


def face_of(name: Name | None, viewer: Viewer) -> Face:
    """The face of `name` for `viewer`. Fetch names with `Name.objects.with_faces()` (or select_related
    `…__profile`) to make it cost no query. A missing, retired or hidden name gets a neutral face; an anonymous one has
    the same for everybody, for whoever stands behind it too, whatever became of the account (D12)."""
    if name is not None and name.is_anonymous:
        return Face(key="", display_name=_("A member"), handle="", initial="?", colour=0)
    if name is not None and name.imported_number is not None:
        shown = _("Imported (participant %(number)d)") % {"number": name.imported_number}
        return Face(key="", display_name=shown, handle="", initial="–", colour=0)
    if name is None or name.holder_id is None or name.retired_at is not None:
        return Face(key="", display_name=_("Former member"), handle="", initial="–", colour=0)
    if not is_member(viewer) and name.audience != Audience.PUBLIC:
        return Face(key="", display_name=_("A member"), handle="", initial="–", colour=0)
    profile = getattr(name, "profile", None)
    if profile is not None:
        profile.name = name  # the rule of a field asks who holds the name; it is at hand, so not fetched again
    return Face(
        key=name.key,
        display_name=name.display_name,
        handle=name.handle,
        initial=name.display_name[:1].upper(),
        colour=name.colour,
        headline=profile.headline if profile and profile.shows("headline", viewer) else "",
        url=name.get_absolute_url(),
        portrait_url=_portrait_url(name) if profile and profile.portrait and profile.shows("portrait", viewer) else "",
        is_sample=name.is_sample,
    )


def _portrait_url(name: Name) -> str:
    return reverse("experts:portrait", args=[name.key])
