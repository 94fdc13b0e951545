"""What a report says to a coordinator: in words, with the lines of the file where to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ODDITIES: dict[str, Promise] = {
    "no_id": _("Without an id of its own: recognised by what it says."),
    "two_with_one_id": _("Two messages with one id that say different things: both are brought along."),
    "same_message_twice": _("The same message once more: left out."),
    "answers_itself": _("Says that it answers itself: opens a discussion."),
    "loop": _("Answers in a circle: the circle is opened."),
    "no_author": _("Without a sender: shown as an imported participant."),
    "no_date": _(
        "Without a date that can be read: takes the date on which a server received it, or of the one before."
    ),
    "future_date": _("A date in the future: takes the date on which a server received it, or of the one before."),
    "nul": _("Signs that no text holds: left out."),
    "too_long": _("Longer than 8 MB: its beginning is brought along."),
    "text_too_long": _("A text longer than 100,000 signs: its beginning is brought along."),
    "cut_off": _("Breaks off: brought along as far as it goes."),
    "attachment": _("With attachments: they aren't brought along."),
    "html_only": _("With layout only: its words are brought along."),
    "charset": _("Written in other letters than it says: read as well as can be."),
    "no_text": _("Without a text."),
    "nested": _("Parts within parts, hundreds deep: brought along without a text."),
    "no_mbox": _("A file that is no archive of mail: left out."),
    "packing_broken": _("A packed file that breaks off: brought along as far as it could be unpacked."),
}
NUMBERS: dict[str, Promise] = {
    "messages": _("messages in the file"),
    "new": _("new here"),
    "known": _("here already"),
    "threads": _("new discussions"),
    "authors": _("people who wrote"),
    "stayed": _("discussions that stay, since members wrote in them"),
}


@dataclass(frozen=True, slots=True)
class Odd:
    words: Promise | str
    count: int
    lines: list[int | str]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Said:
    numbers: list[tuple[int, Promise]]
    odd: list[Odd]


def said(report: Mapping[str, Any]) -> Said:
    numbers = [(report[key], words) for key, words in NUMBERS.items() if key in report]
    odd = []
    for key, count in sorted(report.get("oddities", {}).items(), key=lambda item: -item[1]):
        lines = report["places"].get(key, [])
        odd.append(Odd(ODDITIES.get(key, key), count, lines, count > len(lines)))
    return Said(numbers, odd)
