"""An mbox read as a stream: one message in memory at a time, however long the file.

A message begins at a line `From …` with a time and a year in it, at the start of the file or after an empty line,
that is followed by a header. Any other line that begins with "From " belongs to the text, quoted (`>From`, `>>From`)
or not: archives were written by all four variants of the format (RFC 4155, Appendix A).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

POSTMARK = re.compile(rb"From .*\d{1,2}:\d\d(?::\d\d)?\b.*\b(?:19|20)\d\d\b")
HEADER = re.compile(rb">?[!-9;-~]+:|>From ")
QUOTED_POSTMARK = re.compile(rb"^>(>*From )", re.MULTILINE)
LONGEST_LINE = 1 << 20
LONGEST = 8 << 20  # of a longer mail the beginning is enough: its text comes before its attachments
BEGINNING = 1 << 16


class NotAnMbox(ValueError):
    """The file doesn't begin as an mbox does."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One message as it stands in the file: `place` is its first byte, `line` its first line (from 1)."""

    place: int
    line: int
    postmark: bytes
    data: bytes
    is_too_long: bool = False
    ends_in_a_line: bool = True


def is_begun(beginning: bytes) -> bool:
    """Whether a file with this beginning is an mbox."""
    lines = beginning.lstrip().split(b"\n", 2)
    return len(lines) > 1 and _begins(*lines[:2])


def messages(stream: BinaryIO, *, end: int | None = None, longest: int = LONGEST) -> Iterator[Raw]:
    """Every message in `stream` from where it stands to `end`. Raises NotAnMbox before the first. Of a message longer
    than `longest` bytes the beginning is given; the rest is passed over, a line at a time."""
    reader = _Lines(stream, end)
    first = reader.take()
    while first is not None and not first.strip():
        first = reader.take()
    if first is None or not _begins(first, reader.next):
        raise NotAnMbox
    while first is not None:
        place, line, postmark = reader.place, reader.line, first.rstrip()
        parts: list[bytes] = []
        size, is_empty, last = 0, False, b"\n"
        while (text := reader.take()) is not None:
            if is_empty and _begins(text, reader.next):
                break
            size += len(text)
            if size <= longest:
                parts.append(text)
            is_empty, last = not text.strip(), text
        data = QUOTED_POSTMARK.sub(rb"\1", b"".join(parts))
        yield Raw(place, line, postmark, data, size > longest, last.endswith(b"\n"))
        first = text


def message_at(stream: BinaryIO, place: int, *, end: int | None = None) -> Raw:
    stream.seek(place)
    return next(messages(stream, end=end))


def _begins(line: bytes, following: bytes | None) -> bool:
    return bool(POSTMARK.match(line) and following and HEADER.match(following))


class _Lines:
    """Lines with one seen ahead. `place` and `line` are those of the line taken last."""

    def __init__(self, stream: BinaryIO, end: int | None) -> None:
        self.stream = stream
        self.end = end
        self.place = self.line = 0
        self.ahead = stream.tell()
        self.was_whole = True
        self.next = self._read()

    def take(self) -> bytes | None:
        text = self.next
        if text is None:
            return None
        self.place = self.ahead
        self.line += self.was_whole
        self.was_whole = text.endswith(b"\n")
        self.ahead += len(text)
        self.next = self._read()
        return text

    def _read(self) -> bytes | None:
        most = LONGEST_LINE if self.end is None else min(LONGEST_LINE, self.end - self.ahead)
        return self.stream.readline(most) or None
