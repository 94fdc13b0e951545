"""Whether a text repeats another one: by runs of words and by whole lines, so that changed spaces, marks of quoting
and broken lines make no difference. Of the other text only numbers are kept, as long as the search takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

RUN = 6  # words in a row that two texts don't share by chance
FEWEST_WORDS, FEWEST_SIGNS = 3, 15  # of a whole line that is known by itself
_WORDS = re.compile(r"\w+")
_LINES = re.compile(r"\n+|(?<=[.!?…])\s+")


@dataclass(slots=True)
class Passages:
    """What texts that are to be forgotten said."""

    runs: set[int] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    short: set[int] = field(default_factory=set)
    rare: set[str] = field(default_factory=set)

    def add(self, text: str) -> None:
        self.runs.update(_runs(_words(text)))
        self.rare.update(word for word in _words(text) if len(word) >= FEWEST_SIGNS - 3)
        for line in _LINES.split(text):
            if words := _words(line):
                (self.lines if _is_long(words) else self.short).add(_number(words))

    def touched(self, lines: Sequence[str], *, is_answer: bool = False) -> set[int]:
        """Which of `lines`, taken together, repeat something. `is_answer`: the lines answer the text itself, so that a
        short whole line counts too."""
        found: set[int] = set()
        flat: list[tuple[str, int]] = []
        for place, line in enumerate(lines):
            words = _words(line)
            flat += [(word, place) for word in words]
            number = _number(words) if words else 0
            if words and (number in self.lines or (is_answer and number in self.short)):
                found.add(place)
            found |= {place for part in _LINES.split(line) if self._is_line(part, is_answer)}
        words = [word for word, _place in flat]
        for start, number in enumerate(_runs(words)):
            if number in self.runs:
                found |= {place for _word, place in flat[start : start + RUN]}
        return found

    def _is_line(self, part: str, is_answer: bool) -> bool:
        words = _words(part)
        return bool(words) and (_number(words) in self.lines or (is_answer and _number(words) in self.short))

    def repeated_in(self, text: str) -> bool:
        """As somebody repeats a text that they write about: a short line counts, and any word of it that is no word of
        every day by its length."""
        return bool(self.touched(text.splitlines(), is_answer=True)) or any(
            len(word) >= FEWEST_SIGNS - 3 and word in self.rare for word in _words(text)
        )


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.casefold())


def _runs(words: Sequence[str]) -> Iterator[int]:
    return (_number(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


def _is_long(words: Sequence[str]) -> bool:
    return len(words) >= FEWEST_WORDS and sum(map(len, words)) >= FEWEST_SIGNS


def _number(words: Iterable[str]) -> int:
    return hash(" ".join(words))
