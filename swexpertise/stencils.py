"""Many rows of one form on a page: a template is rendered once for each form, and filled in for each row.

A template of Django takes about a microsecond for each thing in it, so a page of a hundred posts with eighty things
each is mostly spent there (ADR 23). The rows of a page differ in few ways that change their form (mine or not, new or
not, deleted or not) and in many values. A `Printer` renders its template with a mark in place of each value, cuts it
at the marks, keeps the pieces for the process, and from then on joins pieces and values.

What is kept holds no value, so nothing of one reader can reach another. Values are escaped as a template would, unless
they are safe. The one condition: a template prints a value as it is, or asks whether it is there; a filter on it or a
comparison with it sees the mark. `tests/swexpertise/test_stencils.py` and `tests/discussions/test_printing.py` hold
the result equal, byte for byte, to what the template gives with the values themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from html import escape
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# Characters for private use, which no template has; a number that no key reaches, where `{% url %}` wants one.
_TEXT = "\ue000{}\ue001"
_NUMBER = 90_000_000_000_000_000_000
_MARK = re.compile("\ue000([0-9]+)\ue001|900000000000000([0-9]{5})(?![0-9])")
_QUOTED = "%EE%80%80"
# What a value is to its template: not there, a text, a number.
_NOTHING, _WORDS, _DIGITS = 0, 1, 2


class Unprintable(Exception):
    """The template does something with a value that a mark doesn't survive."""


class Stencil:
    """Pieces of HTML, and between each two the place of the value that belongs there."""

    def __init__(self, html: str, count: int) -> None:
        if _QUOTED in html:
            raise Unprintable("A value stands in an address where it is quoted: give the whole address as a value.")
        cut = _MARK.split(html)
        self.pieces = cut[::3]
        self.places = [int(text or number) for text, number in zip(cut[1::3], cut[2::3], strict=True)]
        if any(place >= count for place in self.places):
            raise Unprintable("There is a mark in the template itself.")
        self._pattern = "%s".join(piece.replace("%", "%%") for piece in self.pieces)
        self._chosen = _chooser(self.places)

    def filled(self, texts: Sequence[str]) -> str:
        """`texts`: of all values, escaped."""
        return self._pattern % self._chosen(texts)


class Printer:
    """Prints rows of `template`, whose context has the names in `form` and in `values`.

    `form` says which parts are there; it should take few different values over a page. A value of None or "" counts as
    not there; every other may be anything that can be printed.
    """

    def __init__(self, template: str, *, form: Sequence[str], values: Sequence[str]) -> None:
        self.template, self.form, self.values = template, tuple(form), tuple(values)
        self.stencil = lru_cache(maxsize=1024)(self._cut)

    def printed(self, form: tuple[Hashable, ...], values: tuple[Any, ...]) -> SafeString:
        """A row. What is in `form` and `values` stands under the names of the same place. Raises `Unprintable` when
        the template does more with a value than to print it."""
        texts, kinds = [], []
        for value in values:
            if value is None or value == "":
                kind, text = _NOTHING, ""
            elif type(value) is SafeString:
                kind, text = _WORDS, value
            elif type(value) is int:
                kind, text = _DIGITS, str(value)
            else:
                kind, text = _WORDS, escape(value) if type(value) is str else conditional_escape(value)
            kinds.append(kind)
            texts.append(text)
        cut = self._cut if settings.DEBUG else self.stencil  # a template that changes is seen at once
        return mark_safe(cut(get_language(), form, tuple(kinds)).filled(texts))  # noqa: S308  escaped as filled in

    def _cut(self, _language: str | None, form: tuple[Hashable, ...], kinds: tuple[int, ...]) -> Stencil:
        context: dict[str, object] = dict(zip(self.form, form, strict=True))
        for place, (name, kind) in enumerate(zip(self.values, kinds, strict=True)):
            context[name] = ("", _TEXT.format(place), _NUMBER + place)[kind]
        return Stencil(get_template(self.template).render(context), len(kinds))


def _chooser(places: Sequence[int]) -> Callable[[Sequence[str]], Any]:
    """What takes the texts at `places` out of all, as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda texts: tuple(texts[place] for place in places)
