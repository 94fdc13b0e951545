"""How much room there is in an overview, and how much of it each thing takes: three screens of a phone at most.

An estimate in CSS pixels, of a phone 360 wide, by what `mail/style.css` says of margins and lines. Letters are as wide
as those of DejaVu, which is shown where a device has none of our fonts and is wider than any of them. It errs to the
long side; tests/notifications/test_three_screens.py holds it against Chromium.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TypeVar

from django.utils.translation import gettext as _

from notifications.items import Some

Thing = TypeVar("Thing")

SCREENS = 3 * 740
WIDTH = 360 - 2 * 16  # of the words, between the margins
# What every mail has: its name, the button, and the foot, in the longer of both languages and with a line to stop one
# thing.
FRAME = 330
CALLED = 30  # "For you"
HINTED = 62  # that something else waits on the site
ANSWERED = 84  # where a mail can be answered: the line above it, and how in the foot
COUNTED = 10 + 21  # "And 3 more …", on a line of its own
REST = 1 + 21  # "And 3 more posts in this discussion"
TITLE, NAME, PLACE = 100, 40, 60  # characters at most, of what people wrote without a thought of mail
EXCERPT, STAND = 140, 160
WHEN = "30\xa0sept,\xa000:00"  # as long as a moment can be

# Of letters that take about as much: how much at most, in ems, and when bold.
_WIDTHS: dict[str, tuple[float, float]] = {
    letter: widths
    for letters, widths in {
        " \xa0'.,·‘’ijl": (0.32, 0.38),
        "/:;|\\-f()[]IJ!t": (0.41, 0.47),
        '"_*`–r“”sz?': (0.54, 0.6),
        "aceovxyk•": (0.61, 0.69),
        "bdghnpqu0123456789$€£{}": (0.65, 0.74),
        "AEFLPSTVXYZßBCKR": (0.77, 0.87),
        "DGHNOQUw&#+<=>~^×": (0.9, 0.94),
        "mæ%@…—½": (1.0, 1.06),
        "MW": (1.03, 1.13),
    }.items()
    for letter in letters
}
_WIDEST = (1.3, 1.35)  # of other scripts, and pictures


@lru_cache(maxsize=16384)
def lines(text: str, size: int, *, lead: str = "", width: int = WIDTH) -> int:
    """How many lines `text` takes at most, in letters of `size` pixels, after a bold `lead`. Words that don't fit on a
    line are broken."""
    taken, count = 0.0, 1
    for is_bold, words in ((True, lead), (False, text)):
        for word in words.split(" "):
            length, space = _wide(word, size, is_bold), _wide(" ", size, is_bold)
            if taken and taken + space + length <= width:
                taken += space + length
                continue
            count += 1 if taken else 0
            if length > width:
                # Letters fill a line but for one of them. Where a line may end after a sign in the word, it ends there
                # first; then two lines hold more than the width of one.
                filled = width - _WIDEST[is_bold] * size if word.isalnum() else width / 2
                count += ceil(length / filled) - 1
                length = width
            taken = length
    return count


def _wide(text: str, size: int, is_bold: bool) -> float:
    letters = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return size * sum(_WIDTHS.get(letter, _WIDEST)[is_bold] for letter in letters)


def heading(text: str) -> int:
    """A topic, a space, "Letters": with the line above it."""
    return ceil(20 + 1 + 8 + 18 * 1.3 * lines("", 18, lead=text))


def title(text: str, after: str = "") -> int:
    return ceil(12 + 16 * 1.3 * lines(after, 16, lead=text))


def said(text: str, lead: str = "") -> int:
    return 3 + 24 * lines(text, 16, lead=lead) if text else 0


def facts(text: str) -> int:
    return 1 + 21 * lines(text, 14)


def stand(text: str) -> int:
    return 9 + 24 * lines(text, 16, lead=_("Where we stand") + ":", width=WIDTH - 15) if text else 0


@dataclass(slots=True)
class Room:
    """What is left of it."""

    left: int

    def give_up(self, height: int) -> None:
        self.left -= height

    def take(self, height: int) -> bool:
        """Whether that much was left; then it is taken."""
        if height > self.left:
            return False
        self.left -= height
        return True


class Shelf:
    """Things of one kind, in their order. The first of them are taken, with what stands below their title or without
    it; the rest are counted.

    `bare` and `below` say how much room the one at a place takes without what stands below its title, and that itself.
    """

    def __init__(
        self, room: Room, count: int, bare: Callable[[int], int], below: Callable[[int], int] = lambda _place: 0
    ) -> None:
        self._room, self._bare, self._below = room, bare, below
        self.count = count
        self.taken = 0
        self.whole: set[int] = set()

    @property
    def rest(self) -> int:
        return self.count - self.taken

    def some(self, at: Callable[[int], Thing], bare: Callable[[Thing], Thing] = lambda thing: thing) -> Some[Thing]:
        """What was taken, made `bare` where there was no room for what stands below it; and how many are left."""
        taken = (at(place) if place in self.whole else bare(at(place)) for place in range(self.taken))
        return Some(tuple(taken), self.rest)

    def begin(self) -> None:
        """The first one, whether or not there is room: no kind is crowded out."""
        if self.count:
            self._room.give_up(self._bare(0) + (COUNTED if self.count > 1 else 0))
            self.taken = 1

    def fill(self, most: int | None = None, *, is_whole: bool = False) -> None:
        """As many as there is room for, up to `most` of all; when `is_whole`, each with what stands below it as far as
        that fits."""
        while self.taken < min(self.count, most or self.count):
            of_the_rest = COUNTED if self.rest == 1 else 0  # then there is nothing left to count
            if not self._room.take(self._bare(self.taken) - of_the_rest):
                return
            self.taken += 1
            if is_whole:
                self.open(self.taken)

    def open(self, most: int | None = None) -> None:
        """What stands below those that were taken, up to `most` of all, as far as it fits."""
        for place in range(min(self.taken, most or self.taken)):
            if place not in self.whole and self._room.take(self._below(place)):
                self.whole.add(place)
