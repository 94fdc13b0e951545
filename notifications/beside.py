"""What asks for somebody, or is on offer to them, beside what they were told: votes that close soon, new and newly
checked pages, new letters. Overview, inbox and catching up ask the same (N5): `Event.objects.votes_for` and
`offers_for`, in the app for one member, in the overview for a whole batch at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Preferences, User
from accounts.models.preferences import MailDetail, Rhythm
from discussions.models.poll import Kind as PollKind
from notifications import questions
from notifications.discretion import allowed_by, allowed_of_letter, chosen_at, strictest
from notifications.models import Event
from notifications.models.event import SOON, Kind
from notifications.room import EXCERPT, PLACE, TITLE
from notifications.windows import next_slot, wish_of

LONGEST_AHEAD = timedelta(days=8)  # a week, and the hours of a clock change
TEASER = 180  # characters


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote or consent round that somebody can take part in and hasn't. `is_last_call`: by the next overview it is
    too late."""

    question: str
    title: str
    closes_at: datetime
    path: str
    is_consent: bool
    is_last_call: bool

    @property
    def says(self) -> str:
        return _("You can still vote: “%(question)s”") % {"question": self.question}

    @property
    def kind(self) -> str:
        return _("Consent round") if self.is_consent else _("Poll")

    def shortened(self) -> Vote:
        """As long as there may be room for in a mail."""
        return replace(self, question=short(self.question, TITLE), title=short(self.title, PLACE))


@dataclass(frozen=True, slots=True)
class LetterNews:
    """What happened to a letter. `excerpt`: why it was written, or what came of it."""

    title: str
    path: str
    at: datetime
    happened: str
    excerpt: str
    is_offered: bool  # a new one, of which everybody is told who chose nothing for it

    @property
    def says(self) -> str:
        """In a few words."""
        return {
            Kind.LETTER_OPENED: _("This letter is open now."),
            Kind.LETTER_CLOSED: _("This letter is closed."),
            Kind.LETTER_DELIVERED: _("This letter was handed over."),
            Kind.LETTER_ANSWERED: _("Something came of this letter."),
        }[Kind(self.happened)]

    @property
    def news(self) -> str:
        return _("A new letter") if self.is_offered else self.says

    def shortened(self) -> LetterNews:
        """As long as there may be room for in a mail."""
        return replace(self, title=short(self.title, TITLE), excerpt=short(self.excerpt, EXCERPT))


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    path: str
    teaser: str
    is_checked: bool

    def shortened(self) -> Page:
        """As long as there may be room for in a mail."""
        return replace(self, title=short(self.title, TITLE), teaser=short(self.teaser, EXCERPT))


def is_last_call(event: Event, user: User, preferences: Preferences, last_end: datetime | None, now: datetime) -> bool:
    """Whether the vote closes before the member's next overview; for whoever gets none, within two days."""
    following = next_slot(wish_of(preferences, user), last_end, now)
    if following is None or preferences.rhythm not in (Rhythm.DAILY, Rhythm.WEEKLY):
        return is_soon(event, now)
    return event.poll.closes_at <= following


def is_soon(event: Event, now: datetime) -> bool:
    return event.poll.closes_at <= now + SOON


def moment_of(at: datetime, opens_at: datetime | None, closes_at: datetime | None) -> datetime:
    """When whoever is told everything at once is told of it: of a page or letter when it comes, of a vote two days
    before it closes, or when it opens if that is later."""
    return at if opens_at is None or closes_at is None else max(opens_at, closes_at - SOON)


def moments(now: datetime) -> list[datetime]:
    """Those of all that came, or was to be told, in the last days, in order. One query."""
    came, votes = Event.objects.offers(now - LONGEST_AHEAD, now), Event.objects.votes(now, now + SOON)
    rows = (came | votes).values_list("at", "poll__opens_at", "poll__closes_at")
    return sorted(moment_of(*row) for row in rows)


def vote_of(event: Event, *, is_last: bool) -> Vote:
    poll = event.poll
    return Vote(
        question=poll.question,
        title=poll.thread.title,
        closes_at=poll.closes_at,
        path=poll.get_absolute_url(),
        is_consent=poll.kind == PollKind.CONSENT,
        is_last_call=is_last,
    )


def page_of(event: Event, detail: MailDetail) -> Page:
    page = event.page
    teaser = short(page.summary or page.search_description) if detail == MailDetail.FULL else ""
    return Page(page.title, page.permanent_url, teaser, event.kind == Kind.PAGE_CHECKED)


def letter_of(event: Event, detail: MailDetail, *, is_offered: bool) -> LetterNews:
    """In the language that is active."""
    letter = event.letter
    said = letter.outcome if event.kind == Kind.LETTER_ANSWERED else letter.occasion
    excerpt = short(said) if detail == MailDetail.FULL and event.kind != Kind.LETTER_CLOSED else ""
    path = letter.get_absolute_url() if is_offered else reverse("notifications:letter", args=[letter.pk])
    return LetterNews(letter.title, path, event.at, event.kind, excerpt, is_offered)


def detail_of(event: Event, preferences: Preferences) -> MailDetail:
    """What may stand in this member's mail about it: the strictest of then and now (N3)."""
    chosen = chosen_at(event.at, preferences.detail, preferences.detail_changed_at)
    if event.poll is not None:
        return strictest(event.mail_detail, chosen, allowed_by(event.poll))
    return strictest(event.mail_detail, chosen, allowed_of_letter(event.letter) if event.letter else MailDetail.FULL)


def once_each(events: Iterable[Event], language: str) -> Sequence[Event]:
    """Each page once, in the reader's language where it stands in that, as new rather than as checked; each letter
    once. The newest first."""
    kept: dict[object, Event] = {}
    for event in sorted(events, key=lambda event: (event.kind == Kind.PAGE_NEW, event.at, event.pk), reverse=True):
        page = event.page
        if page is None:
            kept.setdefault(("letter", event.letter_id), event)
        elif page.locale.language_code == language or language not in event.twin_languages:
            kept.setdefault(page.translation_key, event)
    return sorted(kept.values(), key=lambda event: (event.at, event.pk), reverse=True)


def calls_for(
    user: User, preferences: Preferences, *, last_end: datetime | None, now: datetime
) -> Iterator[tuple[Event, bool]]:
    """Votes that close soon, the first to close first, and whether each is a last call. One query."""
    for event in questions.votes(user, now=now, until=now + LONGEST_AHEAD):
        is_last = is_last_call(event, user, preferences, last_end, now)
        if is_last or is_soon(event, now):
            yield event, is_last


def votes_for(user: User, preferences: Preferences, *, last_end: datetime | None, now: datetime) -> list[Vote]:
    """For pages on the site."""
    calls = calls_for(user, preferences, last_end=last_end, now=now)
    return [vote_of(event, is_last=is_last) for event, is_last in calls]


def came_for(user: User, preferences: Preferences, *, since: datetime, now: datetime) -> Sequence[Event]:
    """Pages and letters that came since, the newest first. One query."""
    return once_each(questions.offers(user, since=since, now=now), preferences.language)


def offers_for(
    user: User, preferences: Preferences, *, since: datetime, now: datetime
) -> tuple[list[Page], list[LetterNews]]:
    """For pages on the site."""
    events = came_for(user, preferences, since=since, now=now)
    pages = [page_of(event, MailDetail.FULL) for event in events if event.page is not None]
    letters = [letter_of(event, MailDetail.FULL, is_offered=True) for event in events if event.letter is not None]
    return pages, letters


def short(text: str, most: int = TEASER) -> str:
    """On one line, cut between words; within one that is long itself."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    words = line[:most].rsplit(" ", 1)[0].rstrip(",;:")
    return f"{words} …" if len(words) > most / 2 else f"{line[:most]}…"
