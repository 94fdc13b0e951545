"""A profile as one viewer may see it: the only form in which templates receive it (house.md, faces)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from accounts.audiences import Viewer
from accounts.models import User
from experts.faces import Face, face_of
from experts.languages import language_name
from experts.models import Affiliation, BodySeat, Name, Organisation, Topic
from experts.models.profile import Availability

# Nobody's account: a member who owns nothing, is in no circle and has no role. For the preview “as a member”.
_NO_ACCOUNT = -1


def some_member() -> User:
    return User(pk=_NO_ACCOUNT, is_active=True)


@dataclass(frozen=True)
class ShownProfile:
    face: Face
    pronouns: str = ""
    introduction: str = ""
    knows: list[Topic] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    region: str = ""
    organisations: list[Organisation] = field(default_factory=list)
    seats: list[BodySeat] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    publications: list[str] = field(default_factory=list)
    availability: list[str] = field(default_factory=list)


def shown_profile(name: Name, viewer: Viewer, *, today: date) -> ShownProfile:
    """Every field asked of `Profile.shows`; what isn't shown isn't in it."""
    face = face_of(name, viewer)
    profile = getattr(name, "profile", None)
    if profile is None or not face.key:
        return ShownProfile(face)
    profile.name = name
    affiliations = Affiliation.objects.visible_to(viewer).filter(name=name).select_related("organisation")
    seats = BodySeat.objects.visible_to(viewer).filter(name=name).held_on(today)

    def shows(kind: str) -> bool:
        return profile.shows(kind, viewer)

    return ShownProfile(
        face=face,
        pronouns=profile.pronouns if shows("pronouns") else "",
        introduction=profile.introduction if shows("introduction") else "",
        knows=list(profile.knows.order_by("name")) if shows("knows") else [],
        languages=[language_name(code) for code in profile.languages] if shows("languages") else [],
        region=profile.region if shows("region") else "",
        organisations=[one.organisation for one in affiliations.order_by("organisation__name")],
        seats=list(seats.select_related("body__organisation").order_by("body__position", "body__name_nl")),
        links=profile.links if shows("links") else [],
        publications=profile.publications.splitlines() if shows("publications") else [],
        availability=[str(Availability(a).label) for a in profile.availability] if shows("availability") else [],
    )


def faces_by_organisation(viewer: Viewer, organisation: Organisation) -> list[Face]:
    """Who belongs to it, as far as this viewer may know."""
    belongs = Affiliation.objects.visible_to(viewer).filter(organisation=organisation)
    rows = belongs.select_related("name__profile").order_by("name__display_name")
    return [face_of(row.name, viewer) for row in rows]


def faces_by_body(viewer: Viewer, organisation: Organisation, *, today: date) -> dict[int, list[Face]]:
    """Who sits in which body now, by the body's id, as far as this viewer may know."""
    seats = BodySeat.objects.visible_to(viewer).filter(body__organisation=organisation).held_on(today)
    seated: dict[int, list[Face]] = defaultdict(list)
    for seat in seats.select_related("name__profile").order_by("name__display_name"):
        seated[seat.body_id].append(face_of(seat.name, viewer))
    return seated
