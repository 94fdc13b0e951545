"""Numbers and places for posts that come to stand together: as if each had been written there, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from discussions import tree


@dataclass(slots=True)
class Place:
    """Where one post stands. `above` is the place under which it was put: its parent's, or, when that was full, the
    nearest one over it with room (see tree.py)."""

    pk: int
    parent: int | None
    number: int
    path: bytes
    depth: int
    above: Place | None
    reply_count: int = 0


def lay_out(posts: Iterable[tuple[int, int | None]]) -> list[Place]:
    """Places for `posts`, given as (key, key of whom it answers) in the order of their moments, the opening first.

    OverflowError: there is no room. The places are those that `actions.posts.publish` gives, one post at a time.
    """
    places: dict[int, Place] = {}
    for number, (pk, parent) in enumerate(posts, start=1):
        if parent is None:
            places[pk] = Place(pk, None, number, tree.ROOT, 0, None)
            continue
        answered = places[parent]
        above, path = _room(answered)
        places[pk] = Place(pk, parent, number, path, answered.depth + 1, above)
    return list(places.values())


def _room(answered: Place) -> tuple[Place, bytes]:
    for place in _upwards(answered):
        path = tree.child(place.path, place.reply_count)
        if tree.fits(path):
            place.reply_count += 1
            return place, path
    raise OverflowError("No room in this thread.")


def _upwards(place: Place | None) -> Iterator[Place]:
    while place is not None:
        yield place
        place = place.above


@dataclass(frozen=True, slots=True)
class Run:
    """Posts that keep their order and their distance: numbers from `low` up to but not including `high` in the thread
    they leave become those plus `shift` in the thread where they stand now."""

    before: int
    now: int
    low: int
    high: int
    shift: int


def runs_of(moves: Iterable[tuple[int, int, int, int]]) -> list[Run]:
    """`moves`: (thread before, number before, thread now, number now) of each post, in the order of the first two."""
    runs: list[Run] = []
    for before, old, now, new in moves:
        last = runs[-1] if runs else None
        if last and (last.before, last.now, last.high, last.shift) == (before, now, old, new - old):
            runs[-1] = Run(before, now, last.low, old + 1, last.shift)
        else:
            runs.append(Run(before, now, old, old + 1, new - old))
    return runs
