"""What is asked: words, phrases, words left out, and operators (Q1); and other words for the same (Q2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.contrib.postgres.search import SearchQuery

from experts.spelling import plain_words
from search.models.entry import CONFIGS
from swexpertise.writing.markdown import clean

LONGEST, MOST_WORDS = 200, 12
_OPERATOR = re.compile(r'(?<!\S)(author|auteur|in|tag|before|voor|after|na):("[^"]*"|\S+)', re.IGNORECASE)
_SAME = {"auteur": "author", "voor": "before", "na": "after"}
_NOT_LOOSE = re.compile(r'-?"[^"]*"|(?<!\S)-\S+')
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


@dataclass(frozen=True)
class Question:
    """`text` is what is looked for, without the operators; `is_cut`: there was more than is looked for."""

    asked: str = ""
    text: str = ""
    operators: dict[str, str] = field(default_factory=dict)
    after: date | None = None
    before: date | None = None
    wrong_day: str = ""
    is_cut: bool = False

    @classmethod
    def of(cls, raw: str) -> Question:
        """Any string gives a question; nothing is an error (Q7)."""
        text = " ".join(clean(raw).split())
        asked, is_cut = text[:LONGEST], len(text) > LONGEST
        operators = {
            _SAME.get(match[1].lower(), match[1].lower()): match[2].strip('"') for match in _OPERATOR.finditer(asked)
        }
        days = {name: _day(operators[name]) for name in ("after", "before") if name in operators}
        wrong = next((operators[name] for name, day in days.items() if day is None), "")
        words = _OPERATOR.sub(" ", asked)
        if words.count('"') % 2:
            words = words.replace('"', " ")
        words = " ".join(words.split()[:MOST_WORDS])
        return cls(asked, words, operators, days.get("after"), days.get("before"), wrong, is_cut)

    @property
    def words(self) -> list[str]:
        """The words that are to be there, plain, without those that may not be."""
        return [plain_words(word) for word in _WORD.findall(re.sub(r'(?<!\S)-(?:"[^"]*"|\S+)', " ", self.text))]

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.operators

    @property
    def _loose(self) -> str:
        """The text with spaces for its phrases, which are meant as they are written, and for what is left out."""
        return _NOT_LOOSE.sub(lambda match: " " * len(match[0]), self.text)

    @property
    def other_words(self) -> list[str]:
        """What else is looked for: the other words of the groups that its words are in."""
        groups = synonyms()
        words = [plain_words(word) for word in _WORD.findall(self._loose)]
        found = [other for word in words for other in groups.get(word, ()) if other not in words]
        return list(dict.fromkeys(found))

    def queries(self) -> dict[str, SearchQuery]:
        """By language: its stemming of the words, or of the words with another of their group in place."""
        if not self.words:
            return {}
        return {
            language: _any([SearchQuery(text, config=config, search_type="websearch") for text in self._spellings()])
            for language, config in CONFIGS.items()
        }

    def _spellings(self) -> Iterator[str]:
        yield self.text
        groups = synonyms()
        for word in _WORD.finditer(self._loose):
            for other in groups.get(plain_words(word[0]), ()):
                if other != plain_words(word[0]):
                    yield self.text[: word.start()] + other + self.text[word.end() :]


def _any(queries: list[SearchQuery]) -> SearchQuery:
    combined, *others = queries
    for query in others:
        combined |= query
    return combined


def _day(text: str) -> date | None:
    """2026, 2026-11 or 2026-11-24; None when it is no day."""
    parts = [*text.split("-"), "1", "1"][:3]
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Each word with its group."""
    groups = yaml.safe_load((Path(__file__).parent / "content" / "synonyms.yaml").read_text(encoding="utf-8"))
    return {plain_words(word): tuple(plain_words(other) for other in group) for group in groups for word in group}
