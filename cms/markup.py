"""Markdown of the shelf as blocks of a body: text, tables, and rows of percentages as figures with their source."""

from __future__ import annotations

import re
import uuid
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

PERCENTAGE = re.compile(r"^\d+([.,]\d+)?\s?%$")
Block = dict[str, Any]


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def blocks_of(text: str, *, figures_from: int | None = None) -> list[Block]:
    """`figures_from` is the source of a table whose last column holds percentages; without it a table stays one."""
    blocks: list[Block] = []
    waiting: list[Token] = []

    def flush() -> None:
        if waiting:
            blocks.append({"type": "text", "value": _rich(waiting)})
            waiting.clear()

    for group in _groups(_parser().parse(text)):
        if group[0].type == "table_open":
            flush()
            blocks.append(_table(_cells(group), figures_from))
        else:
            waiting.extend(group)
    flush()
    return blocks


def heading(text: str) -> str:
    """A line of Markdown that begins a section."""
    return f"## {text}\n\n"


def items_of(values: list[Block]) -> list[Block]:
    """The items of a list block. Without an id each would be taken for a bare value."""
    return [{"type": "item", "value": value, "id": str(uuid.uuid4())} for value in values]


def _groups(tokens: list[Token]) -> list[list[Token]]:
    """The top-level elements, each with everything in it."""
    groups: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            groups.append([])
        groups[-1].append(token)
        depth += token.nesting
    return groups


def _rich(tokens: list[Token]) -> str:
    """HTML as the editor's text field keeps it."""
    html = _parser().renderer.render(tokens, _parser().options, {})
    for name, kept in (("strong", "b"), ("em", "i")):
        html = html.replace(f"<{name}>", f"<{kept}>").replace(f"</{name}>", f"</{kept}>")
    return html.replace("\n", " ").strip()


def _cells(table: list[Token]) -> list[list[str]]:
    rows: list[list[str]] = []
    for token in table:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token.content.replace("|", "/"))
    return rows


def _table(rows: list[list[str]], figures_from: int | None) -> Block:
    head, *lines = rows
    if figures_from and all(PERCENTAGE.match(line[-1]) for line in lines):
        figures = [{"value": line[-1], "text": line[0], "source": figures_from} for line in lines]
        return {"type": "numbers", "value": {"heading": head[0].capitalize(), "numbers": items_of(figures)}}
    text = "\n".join(" | ".join(row) for row in rows)
    return {"type": "table", "value": {"caption": "", "rows": text, "source": figures_from}}
