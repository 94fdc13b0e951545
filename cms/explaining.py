"""Terms of the glossary explained where they stand in a text, each the first time it is met on a page (K12)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from cms.models import Term

TAG = re.compile(r"(<[^>]+>)")
# Inside these a term is left alone: a link leads elsewhere, a heading is a name.
CLOSED = {"a", "h2", "h3", "h4", "dfn", "code"}


class Explainer:
    """One for each page that is shown; it remembers what it has explained."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.meanings = {escape(word).lower(): term for term in terms for word in term.spellings}
        longest_first = sorted(self.meanings, key=len, reverse=True)
        words = "|".join(re.escape(word) for word in longest_first)
        self.pattern = re.compile(rf"(?<![\w-])({words})(?![\w-])", re.IGNORECASE) if words else None
        self.explained: set[str] = set()

    def explain(self, html: str) -> SafeString:
        """`html` must be safe already; words in its text become `dfn`, its tags stay as they are."""
        if self.pattern is None:
            return SafeString(html)
        result: list[str] = []
        closed: list[str] = []
        for piece in TAG.split(html):
            if piece.startswith("<"):
                name = re.match(r"</?(\w*)", piece)
                if name and name[1].lower() in CLOSED:
                    closed.pop() if piece.startswith("</") and closed else closed.append(name[1])
                result.append(piece)
            else:
                result.append(piece if closed else self.pattern.sub(self._definition, piece))
        return SafeString("".join(result))

    def _definition(self, match: re.Match[str]) -> str:
        term = self.meanings[match[0].lower()]
        if term.anchor in self.explained:
            return match[0]
        self.explained.add(term.anchor)
        return format_html('<dfn class="term" tabindex="0" title="{}">{}</dfn>', term.meaning, SafeString(match[0]))
