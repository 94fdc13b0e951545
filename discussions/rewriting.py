"""Texts that others keep, with something taken out: a name that was called no longer (D6), a quotation of what is gone
(D7). What is stored beside the source is made anew, as it was made first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Protocol

from discussions.passages import Passages
from swexpertise.writing import write
from swexpertise.writing.markdown import MENTION, quotations

NO_NAME = "[…]"
_FOLD = re.compile(r'<details class="quoted"><summary>([^<]*)</summary>')
_MARKS = re.compile(r"^[\s>]*")


class Text(Protocol):
    source: str
    html: str
    plain: str


def handles_in_source(source: str) -> set[str]:
    """Every handle that can be read in it, where nobody is called (in code, in a link) too."""
    return {handle.lower() for handle in MENTION.findall(source)}


def without_handles(source: str, handles: Collection[str]) -> str:
    return MENTION.sub(lambda match: NO_NAME if match[1].lower() in handles else match[0], source)


def put(row: Text, source: str, *, key: int) -> None:
    """`source` as the text of `row`, which belongs to the post with this key. What came from an archive keeps its
    folds, and calls nobody."""
    fold = _FOLD.search(row.html)
    written = write(source, note_prefix=f"k{key}", fold=fold[1] if fold else "")
    row.source, row.html, row.plain = written.source, written.html, written.plain


def without_quotations(
    source: str, *, of: Iterable[int], passages: Passages, mark: str, is_answer: bool = False
) -> str:
    """`source` without what it quotes of the posts `of`: a quotation below a link to one of them goes whole, of others
    the lines that repeat `passages`. `mark` stands in their place."""
    if ">" not in source:
        return source
    lines, kept, at = source.split("\n"), [], 0
    link = re.compile(f"/discussions/posts/(?:{'|'.join(map(str, of))})/")
    for start, end in quotations(source):
        kept += lines[at:start]
        block, at = lines[start:end], end
        above = next((line for line in reversed(lines[:start]) if line.strip()), "")
        if link.search(above) or any(link.search(line) for line in block):
            kept += [f"{_marks(block[0])}{mark}", *([""] if not block[-1].strip() else [])]
            continue
        touched = passages.touched(block, is_answer=is_answer)
        for place, line in enumerate(block):
            if place not in touched:
                kept.append(line)
            elif place - 1 not in touched:
                kept.append(f"{_marks(line) or '> '}{mark}")
    return "\n".join([*kept, *lines[at:]])


def _marks(line: str) -> str:
    return (_MARKS.match(line) or [""])[0]
