"""Many rows of one form on a page: a template is rendered once for each form, and filled in for each row.

A template of Django takes about a microsecond for each thing in it, so a page of a hundred posts with eighty things
each is mostly spent there (ADR 23). The rows of a page differ in few ways that change their form (mine or not, new or
not, deleted or not) and in many values. `printed` renders the template with a mark in place of each value, cuts it at
the marks, keeps the pieces for the process, and from then on joins pieces and values.

What is kept holds no value, so nothing of one reader can reach another. Values are escaped as a template would, unless
they are safe. The one condition: a template prints a value as it is, or asks whether it is there; a filter on it or a
comparison with it sees the mark. `tests/swexpertise/test_stencils.py` and `tests/discussions/test_printing.py` hold
the result equal, byte for byte, to what the template gives with the values themselves.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
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

    def filled(self, values: Sequence[Any]) -> str:
        parts = [self.pieces[0]]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            value = values[place]
            parts += (str(value) if type(value) is int else conditional_escape(value), piece)
        return "".join(parts)


def printed(template: str, *, form: Mapping[str, Hashable], values: Mapping[str, object]) -> SafeString:
    """`template` with `form` and `values` as its context, each under its name.

    `form` says which parts are there; it should take few different values over a page. A value of None or "" counts as
    not there; every other may be anything that can be printed. Raises `Unprintable` when the template does more with
    a value than to print it.
    """
    there = tuple(name for name, value in values.items() if value is not None and value != "")
    numbers = tuple(name for name in there if type(values[name]) is int)
    cut = _cut.__wrapped__ if settings.DEBUG else _cut  # a template that changes is seen at once
    stencil = cut(template, get_language(), tuple(form.items()), tuple(values), there, numbers)
    return mark_safe(stencil.filled(list(values.values())))  # noqa: S308  escaped as they are filled in


@lru_cache(maxsize=1024)
def _cut(
    template: str,
    language: str,
    form: tuple[tuple[str, Hashable], ...],
    names: tuple[str, ...],
    there: tuple[str, ...],
    numbers: tuple[str, ...],
) -> Stencil:
    marks: dict[str, object] = dict.fromkeys(names, "")
    for place, name in enumerate(names):
        if name in numbers:
            marks[name] = _NUMBER + place
        elif name in there:
            marks[name] = _TEXT.format(place)
    return Stencil(get_template(template).render({**dict(form), **marks}), len(names))
