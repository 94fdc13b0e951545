"""A poll as one viewer sees it: the bars, who said what, and what stays sealed (D10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.audiences import Viewer
from discussions.models import Ballot, Poll, Thread, Vote
from discussions.models.poll import FEWEST, Consent, Kind
from experts.faces import Face, face_of


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    total: int


@dataclass(frozen=True, slots=True)
class Said:
    """One voice in an open ballot."""

    face: Face
    labels: list[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """`bars` is empty while sealed. `why_sealed`: "open" (nothing before closing) or "few" (too few voted)."""

    bars: list[Bar]
    voices: list[Said]
    voted: int
    why_sealed: str = ""
    blocks: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A poll on the page of its thread: what is asked, and until when."""

    pk: int
    question: str
    is_consent: bool
    is_open: bool
    closes_at: datetime


def cards(thread: Thread, now: datetime) -> list[Card]:
    """From what `Thread.objects.with_decided()` put there: no query."""
    found = []
    for row in thread.poll_list:
        opens, closes = (datetime.fromisoformat(row[field]) for field in ("opens_at", "closes_at"))
        is_open = row["closed_at"] is None and opens <= now < closes
        found.append(Card(row["pk"], row["question"], row["kind"] == Kind.CONSENT, is_open, closes))
    return found


def result(poll: Poll, viewer: Viewer, now: datetime) -> Result:
    """`poll` was fetched with_turnout."""
    return _secret(poll, viewer, now) if poll.is_secret else _open(poll, viewer)


def _open(poll: Poll, viewer: Viewer) -> Result:
    labels = poll.labels()
    votes = list(Vote.objects.visible_to(viewer).of(poll))
    counted = Counter(vote.choice for vote in votes)
    ballots: dict[int, list[Vote]] = {}
    for vote in votes:
        ballots.setdefault(vote.name_id, []).append(vote)
    voices = [
        Said(face_of(cast[0].name, viewer), [labels[vote.choice] for vote in cast], cast[0].reason)
        for cast in ballots.values()
    ]
    blocks = counted[Consent.BLOCK] if poll.kind == Kind.CONSENT else 0
    return Result(_bars(labels, counted), voices, poll.voted, blocks=blocks)


def _secret(poll: Poll, viewer: Viewer, now: datetime) -> Result:
    """Sealed until the sweep or a person closed it: from then on nobody can add a vote and subtract two results."""
    if poll.closed_at is None or poll.is_open(now):
        return Result([], [], poll.voted, why_sealed="open")
    if poll.voted < FEWEST:
        return Result([], [], poll.voted, why_sealed="few")
    return Result(_bars(poll.labels(), Ballot.objects.visible_to(viewer).tally(poll)), [], poll.voted)


def _bars(labels: Sequence[str], counted: Counter[int] | dict[int, int]) -> list[Bar]:
    return [Bar(label, counted.get(place, 0)) for place, label in enumerate(labels)]
