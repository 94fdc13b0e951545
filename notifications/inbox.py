"""What "For you" holds: one list, asked for in three queries, with the face of each author (N5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from accounts.models import Preferences, User
from discussions.models import Thread
from experts.faces import Face, face_of
from notifications.actions.issues import last_end
from notifications.levels import PERSONAL
from notifications.models import Delivery
from notifications.windows import Wish, next_slot

UNREAD, READ = 200, 20  # items shown


@dataclass(frozen=True, slots=True)
class Entry:
    face: Face
    reason: str
    at: datetime
    url: str
    delivery: int


@dataclass(slots=True)
class Group:
    """The entries of one thread, the oldest first: one reads on where one was."""

    thread: Thread
    entries: list[Entry] = field(default_factory=list)

    @property
    def newest(self) -> int:
        return max(entry.delivery for entry in self.entries)


@dataclass(slots=True)
class Inbox:
    personal: list[Group]
    followed: list[Group]
    earlier: list[Group]
    rhythm: str
    next_at: datetime | None

    @property
    def newest(self) -> int:
        return max((group.newest for group in (*self.personal, *self.followed)), default=0)

    @property
    def is_empty(self) -> bool:
        return not (self.personal or self.followed)


def inbox_of(user: User, *, now: datetime | None = None) -> Inbox:
    mine = Delivery.objects.visible_to(user).in_app().with_posts().defer_texts().order_by("-at", "-pk")
    unread = list(mine.unread()[:UNREAD])
    known = [delivery.pk for delivery in unread]
    earlier = list(mine.exclude(pk__in=known)[:READ]) if len(unread) < UNREAD else []
    preferences = Preferences.objects.visible_to(user).first() or Preferences(user=user)
    wish = wish_of(preferences, user)
    return Inbox(
        personal=_grouped((d for d in unread if d.reason in PERSONAL), user),
        followed=_grouped((d for d in unread if d.reason not in PERSONAL), user),
        earlier=_grouped(earlier, user),
        rhythm=preferences.rhythm,
        next_at=next_slot(wish, last_end(user), now or timezone.now()),
    )


def wish_of(preferences: Preferences, user: User) -> Wish:
    return Wish(preferences.rhythm, preferences.zone, preferences.hour, preferences.weekday, user.joined_at)


def _grouped(deliveries: Iterable[Delivery], user: User) -> list[Group]:
    """By thread, the thread with the newest first."""
    groups: dict[int, Group] = {}
    for delivery in deliveries:
        post = delivery.event.post
        entry = Entry(
            face_of(post.author, user), delivery.reason, post.posted_at, post.get_absolute_url(), delivery.pk
        )
        groups.setdefault(post.thread_id, Group(delivery.event.thread)).entries.insert(0, entry)
    return list(groups.values())
