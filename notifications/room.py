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
from typing import NamedTuple, TypeVar

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
TITLE, NAME, PLACE = 100, 32, 50  # characters at most, of what people wrote without a thought of mail
EXCERPT, STAND = 140, 160
WHEN = "30\xa0sept,\xa000:00"  # as long as a moment can be

# Of letters that take about as much: how much at most, in ems, of DejaVu Serif, the same bold, and DejaVu Sans.
_WIDTHS: dict[str, tuple[float, float, float]] = {
    letter: widths
    for letters, widths in {
        "'": (0.28, 0.31, 0.28),
        "j ,.·‘’il": (0.32, 0.38, 0.32),
        "|/\\:;": (0.34, 0.37, 0.34),
        "-f": (0.37, 0.43, 0.37),
        "IJ": (0.41, 0.48, 0.3),
        "()[]²!t": (0.41, 0.48, 0.41),
        "r": (0.48, 0.53, 0.42),
        '"_`–*': (0.5, 0.53, 0.5),
        "“”sz?": (0.54, 0.59, 0.54),
        "cxvy": (0.57, 0.61, 0.6),
        "•eaoø": (0.61, 0.67, 0.62),
        "k": (0.61, 0.7, 0.58),
        "{}": (0.64, 0.65, 0.64),
        "$0123456789£€bdgpqhnuY": (0.66, 0.73, 0.64),
        "TßPS": (0.69, 0.76, 0.64),
        "LF": (0.7, 0.71, 0.58),
        "Z": (0.7, 0.73, 0.69),
        "XAV": (0.73, 0.78, 0.69),
        "E": (0.73, 0.77, 0.64),
        "BKR": (0.76, 0.87, 0.7),
        "C": (0.77, 0.8, 0.7),
        "GDOQ": (0.82, 0.88, 0.79),
        "U": (0.85, 0.88, 0.74),
        "#+<=>^~×w": (0.86, 0.87, 0.84),
        "HN&": (0.89, 0.95, 0.78),
        "æ%": (0.95, 0.98, 0.99),
        "m½": (0.97, 1.06, 0.98),
        "@—…": (1.0, 1.0, 1.0),
        "M": (1.03, 1.11, 0.87),
        "W": (1.03, 1.13, 0.99),
    }.items()
    for letter in letters
} | {"\xa0": (0.32, 0.38, 0.32)}
WITHOUT_WIDTH = ("Mn", "Me", "Cf")  # accents, and what joins pictures
_WIDEST = (1.3, 1.35, 1.3)  # of other scripts, and pictures


class Font(NamedTuple):
    size: int
    face: int  # the column in `_WIDTHS`


TEXT, BOLD, HEADING, SMALL = Font(16, 0), Font(16, 1), Font(18, 1), Font(14, 2)


@lru_cache(maxsize=16384)
def lines(*runs: tuple[str, Font], width: int = WIDTH) -> int:
    """How many lines `runs` take at most, one after another: words, each with the font they are in. Words that don't
    fit on a line are broken."""
    taken, count = 0.0, 1
    for text, font in runs:
        space = _wide(" ", font)
        for word in text.split(" "):
            length = _wide(word, font)
            if not length:
                continue
            if taken and taken + space + length <= width:
                taken += space + length
                continue
            count += 1 if taken else 0
            if length > width:
                # Letters fill a line but for one of them. Where a line may end after a sign in the word, it ends there
                # first; then two lines hold more than the width of one.
                core = word.strip("“”‘’…\"'.,:;!?()")
                around = length - _wide(core, font)
                lost = around + max(_wide(one, font) for one in core) if core.isalnum() else width / 2
                count += ceil(length / (width - min(lost, width / 2))) - 1
                length = width
            taken = length
    return count


def _wide(text: str, font: Font) -> float:
    letters = (one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) not in WITHOUT_WIDTH)
    return font.size * sum(_WIDTHS.get(letter, _WIDEST)[font.face] for letter in letters)


def heading(text: str) -> int:
    """A topic, a space, "Letters": with the line above it."""
    return ceil(20 + 1 + 8 + 18 * 1.3 * lines((text, HEADING)))


def title(text: str, after: str = "") -> int:
    return ceil(12 + 16 * 1.3 * lines((text, BOLD), (after, SMALL)))


def said(text: str, lead: str = "") -> int:
    return 3 + 24 * lines((lead, BOLD), (text, TEXT)) if text else 0


def facts(text: str) -> int:
    return 1 + 21 * lines((text, SMALL))


def stand(text: str) -> int:
    return 9 + 24 * lines((_("Where we stand") + ":", BOLD), (text, TEXT), width=WIDTH - 15) if text else 0


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
