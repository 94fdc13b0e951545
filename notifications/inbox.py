"""What "For you" holds: one list, asked for in three queries, with the face of each author (N5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Preferences, User
from accounts.models.preferences import MailDetail
from discussions.models import Thread
from discussions.models.post import in_place_of, is_folded
from experts.faces import Face, face_of
from letters.models import Letter
from notifications import questions
from notifications.beside import LetterNews, Page, Vote, letter_of, offers_for, votes_for
from notifications.levels import PERSONAL
from notifications.models import Delivery, Notice
from notifications.questions import Show
from notifications.windows import next_slot, wish_of

UNREAD, READ = 200, 20  # items shown
EXCERPT = 200  # characters
ON_END = 40  # posts on the page that is read on end
OFFERED_FOR = timedelta(days=7)  # so long a new page stands there
LAST = 1_000_000  # after every space


@dataclass(frozen=True, slots=True)
class Entry:
    face: Face | None  # of a letter: nobody's
    reason: str
    at: datetime
    url: str
    event: int
    post: int | None  # of a letter: none
    happened: str = ""  # to a letter, in a few words
    beginning: str = ""


@dataclass(slots=True)
class Group:
    """The entries of one thread, the oldest first: one reads on where one was. Or of one letter."""

    thread: Thread | None = None
    letter: Letter | None = None
    entries: list[Entry] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """What "mark as read" sends back, so that exactly that is marked."""
        return _as_keys([self])

    @property
    def title(self) -> str:
        return str(self.thread.title if self.thread else self.letter)

    @property
    def where(self) -> str:
        return self.thread.space.name if self.thread else _("Letters")


@dataclass(slots=True)
class Inbox:
    personal: list[Group]
    followed: list[Group]
    earlier: list[Group]
    rhythm: str
    next_at: datetime | None
    notices: list[Notice] = field(default_factory=list)
    older: int = 0  # unread, and not on the page: they come when these are read
    votes: list[Vote] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return _as_keys([*self.personal, *self.followed])

    @property
    def is_empty(self) -> bool:
        return not (self.personal or self.followed or self.notices or self.votes)


def inbox_of(user: User, *, show: str = "", now: datetime | None = None) -> Inbox:
    """`show`: everything, or one part of it."""
    show = show if show in Show.values else ""
    unread = questions.unread(user, show, UNREAD)
    known = [delivery.pk for delivery in unread]
    earlier = questions.earlier(user, show, READ, but=known) if len(unread) < UNREAD else []
    preferences, ended = wishes_of(user)
    wish = wish_of(preferences, user)
    now = now or timezone.now()
    votes = votes_for(user, preferences, last_end=ended, now=now) if show != Show.FOLLOWED else []
    return Inbox(
        notices=questions.notices(user, READ) if show != Show.FOLLOWED else [],
        votes=votes,
        personal=_grouped((d for d in unread if d.reason in PERSONAL), user),
        followed=_grouped((d for d in unread if d.reason not in PERSONAL), user),
        earlier=_grouped(earlier, user),
        rhythm=preferences.rhythm,
        older=questions.told(user, show).unread().count() - UNREAD if len(unread) == UNREAD else 0,
        next_at=next_slot(wish, ended, now),
    )


def wishes_of(user: User) -> tuple[Preferences, datetime | None]:
    """What the member chose, and where their last overview ended. One query."""
    mine: Any = next(iter(questions.wishes(user)), None)
    return (mine, mine.ended) if mine else (Preferences(user=user), None)


@dataclass(slots=True)
class Place:
    """A space with the threads in which something is new, the one with the oldest news first; or the letters."""

    name: str
    groups: list[Group] = field(default_factory=list)


@dataclass(slots=True)
class CatchingUp:
    """`left`: how many come after these. Beside them what closes soon, and what came to the site."""

    places: list[Place]
    left: int
    votes: list[Vote]
    pages: list[Page]
    letters: list[LetterNews]

    @property
    def is_empty(self) -> bool:
        return not (self.places or self.votes or self.pages or self.letters)

    @property
    def shown(self) -> str:
        return _as_keys(group for place in self.places for group in place.groups)


def catching_up(user: User, *, now: datetime | None = None) -> CatchingUp:
    """What is in the inbox unread, the oldest first: by space as they stand on the site, each with its beginning. As
    much as one reads on end; what comes after is shown when this is read."""
    now = now or timezone.now()
    preferences, ended = wishes_of(user)
    sees = preferences.shows_noted
    shown = questions.unread_on_end(user, ON_END, 2 * EXCERPT)
    places: dict[tuple[int, str], Place] = {}
    for group in _grouped(reversed(shown), user, sees_noted=sees):
        key = (group.thread.space.position if group.thread else LAST, group.where)
        places.setdefault(key, Place(group.where)).groups.append(group)
    newest = max((delivery.pk for delivery in shown), default=0)
    pages, letters = offers_for(user, preferences, since=now - OFFERED_FOR, now=now)
    return CatchingUp(
        places=[places[key] for key in sorted(places)],
        left=questions.told(user).unread().filter(pk__gt=newest).count() if len(shown) == ON_END else 0,
        votes=votes_for(user, preferences, last_end=ended, now=now),
        pages=pages,
        letters=letters,
    )


def _as_keys(groups: Iterable[Group]) -> str:
    """By the keys of what happened, the same for all who are told of it. Those of deliveries would say how many others
    were told before this reader, hence on which side of them whoever asked as “a member” stands (D12)."""
    return ",".join(str(entry.event) for group in groups for entry in group.entries)


def _grouped(deliveries: Iterable[Delivery], user: User, *, sees_noted: bool = False) -> list[Group]:
    """By thread or letter, the one with the newest first."""
    groups: dict[tuple[str, int], Group] = {}
    for delivery in deliveries:
        post, letter = delivery.event.post, delivery.event.letter
        if letter is not None:
            entry = _of_letter(delivery)
            groups.setdefault(("letter", letter.pk), Group(letter=letter)).entries.insert(0, entry)
            continue
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
        group = groups.setdefault(("thread", post.thread_id), Group(delivery.event.thread))
        group.entries.insert(0, entry)
    return list(groups.values())


def _of_letter(delivery: Delivery) -> Entry:
    news = letter_of(delivery.event, MailDetail.FULL, is_offered=False)
    return Entry(
        face=None,
        reason=delivery.reason,
        at=delivery.event.at,
        url=news.path,
        event=delivery.event_id,
        post=None,
        happened=news.says,
        beginning=news.excerpt,
    )
