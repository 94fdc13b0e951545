"""What "For you" holds: one list, asked for in three queries, with the face of each author (N5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.actions.preferences import preferences_of
from accounts.models import Preferences, User
from discussions.models import Space, Thread
from discussions.models.post import in_place_of, is_folded
from experts.faces import Face, face_of
from notifications.actions.issues import last_end
from notifications.levels import PERSONAL
from notifications.models import Delivery, Notice
from notifications.windows import Wish, next_slot

UNREAD, READ = 200, 20  # items shown
EXCERPT = 200  # characters
ON_END = 40  # posts on the page that is read on end


class Show(models.TextChoices):
    CALLS = "calls", _("what needs you")
    FOLLOWED = "followed", _("what you follow")


@dataclass(frozen=True, slots=True)
class Entry:
    face: Face
    reason: str
    at: datetime
    url: str
    event: int
    post: int
    beginning: str = ""


@dataclass(slots=True)
class Group:
    """The entries of one thread, the oldest first: one reads on where one was."""

    thread: Thread
    entries: list[Entry] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """What "mark as read" sends back, so that exactly that is marked."""
        return _as_keys([self])


@dataclass(slots=True)
class Inbox:
    personal: list[Group]
    followed: list[Group]
    earlier: list[Group]
    rhythm: str
    next_at: datetime | None
    notices: list[Notice] = field(default_factory=list)
    older: int = 0  # unread, and not on the page: they come when these are read

    @property
    def shown(self) -> str:
        return _as_keys([*self.personal, *self.followed])

    @property
    def is_empty(self) -> bool:
        return not (self.personal or self.followed or self.notices)


def inbox_of(user: User, *, show: str = "", now: datetime | None = None) -> Inbox:
    """`show`: everything, or one part of it."""
    mine = Delivery.objects.news_for(user).with_posts().defer_texts().order_by("-at", "-pk")
    if show == Show.CALLS:
        mine = mine.personal()
    elif show == Show.FOLLOWED:
        mine = mine.exclude(reason__in=PERSONAL)
    unread = list(mine.unread()[:UNREAD])
    known = [delivery.pk for delivery in unread]
    earlier = list(mine.exclude(pk__in=known)[:READ]) if len(unread) < UNREAD else []
    preferences = Preferences.objects.visible_to(user).first() or Preferences(user=user)
    wish = wish_of(preferences, user)
    notices = Notice.objects.visible_to(user).unread().for_list(user)[:READ] if show != Show.FOLLOWED else []
    return Inbox(
        notices=list(notices),
        personal=_grouped((d for d in unread if d.reason in PERSONAL), user),
        followed=_grouped((d for d in unread if d.reason not in PERSONAL), user),
        earlier=_grouped(earlier, user),
        rhythm=preferences.rhythm,
        older=mine.unread().count() - UNREAD if len(unread) == UNREAD else 0,
        next_at=next_slot(wish, last_end(user), now or timezone.now()),
    )


def wish_of(preferences: Preferences, user: User) -> Wish:
    return Wish(preferences.rhythm, preferences.zone, preferences.hour, preferences.weekday, user.joined_at)


@dataclass(slots=True)
class Place:
    """A space with the threads in which something is new, the one with the oldest news first."""

    space: Space
    groups: list[Group] = field(default_factory=list)


@dataclass(slots=True)
class CatchingUp:
    """`left`: how many come after these."""

    places: list[Place]
    left: int

    @property
    def shown(self) -> str:
        return _as_keys(group for place in self.places for group in place.groups)


def catching_up(user: User) -> CatchingUp:
    """What is in the inbox unread, the oldest first: by space as they stand on the site, each with its beginning. As
    much as one reads on end; what comes after is shown when this is read."""
    mine = Delivery.objects.news_for(user).unread()
    sees = preferences_of(user).shows_noted
    shown = list(mine.with_posts().with_beginnings(2 * EXCERPT).order_by("pk")[:ON_END])
    places: dict[int, Place] = {}
    for group in _grouped(reversed(shown), user, sees_noted=sees):
        space = group.thread.space
        places.setdefault(space.pk, Place(space)).groups.append(group)
    in_order = sorted(places.values(), key=lambda place: (place.space.position, place.space.name))
    newest = max((delivery.pk for delivery in shown), default=0)
    return CatchingUp(in_order, mine.filter(pk__gt=newest).count() if len(shown) == ON_END else 0)


def _as_keys(groups: Iterable[Group]) -> str:
    """By the keys of what happened, the same for all who are told of it. Those of deliveries would say how many others
    were told before this reader, hence on which side of them whoever asked as “a member” stands (D12)."""
    return ",".join(str(entry.event) for group in groups for entry in group.entries)


def _grouped(deliveries: Iterable[Delivery], user: User, *, sees_noted: bool = False) -> list[Group]:
    """By thread, the thread with the newest first."""
    groups: dict[int, Group] = {}
    for delivery in deliveries:
        post = delivery.event.post
        entry = Entry(
            face=face_of(post.author, user),
            reason=delivery.reason,
            at=post.posted_at,
            url=post.get_absolute_url(),
            event=delivery.event_id,
            post=post.pk,
            beginning=in_place_of(post.content_note)
            if is_folded(post.content_note, sees_noted=sees_noted)
            else Truncator(getattr(delivery, "beginning", "")).chars(EXCERPT),
        )
        groups.setdefault(post.thread_id, Group(delivery.event.thread)).entries.insert(0, entry)
    return list(groups.values())
