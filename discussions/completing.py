"""What is offered while somebody types `@` or `[[`: nothing but what the writer may see, and whom calling reaches."""

from dataclasses import dataclass

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from accounts.audiences import Audience
from accounts.models import User
from discussions import mentions
from discussions.models import Post, Space, Thread
from experts.faces import face_of
from experts.models import Name
from swexpertise.writing import clean, references

MOST = 8
LONGEST = 60  # characters of what is asked for
ASKED = 4 * MOST  # names of whom is asked whether they see the place


@dataclass(frozen=True, slots=True)
class Offer:
    """What is put in the text, and what is read in the list."""

    put: str
    title: str
    hint: str


def names(viewer: User, place: Thread | Space, words: str) -> list[Offer]:
    """Names that begin so or have these words in them, of members who can see `place`; not the writer's own.

    Who is in a circle is known to nobody there (docs/who-sees-what.md), so in a circle's space only those are offered
    who have spoken in it: a list of its members would tell. Two queries.
    """
    words = _asked(words)
    if not words:
        return []
    space = place.space if isinstance(place, Thread) else place
    found = Name.objects.visible_to(viewer).spelled(words).filter(holder__isnull=False).exclude(holder=viewer)
    if space.audience == Audience.CIRCLE:
        heard = Post.objects.visible_to(viewer).live().filter(thread__space=space, author=OuterRef("pk"))
        found = found.filter(Exists(heard))
    begins = Case(When(Q(handle__istartswith=words) | Q(display_name__istartswith=words), then=0), default=Value(1))
    some = list(found.select_related("holder", "profile").order_by(begins, "display_name", "pk")[:ASKED])
    # Of an account that was suspended or left only the first name goes: that two go at once would join them (P7).
    reached = mentions.who_sees(place, {name.holder for name in some if name.holder and name.is_first})
    faces = [face_of(name, viewer) for name in some if not name.is_first or name.holder_id in reached]
    return [Offer(f"@{face.handle}", face.display_name, face.headline or f"@{face.handle}") for face in faces[:MOST]]


def links(viewer: User, words: str) -> list[Offer]:
    """Things whose title has these words. What is put in the text is an address that tells no title. One query."""
    words = _asked(words)
    if len(words) < 2:
        return []
    kinds = references.kinds()
    found = references.suggestions(viewer, words, MOST)
    return [Offer(one.url, one.title, str(kinds[one.kind].noun)) for one in found]


def _asked(words: str) -> str:
    return " ".join(clean(words[: 4 * LONGEST]).split())[:LONGEST]
