"""Bare addresses of other sites in a text: which they are, and how they are shown. Nothing is fetched from there.

Shown is the address as it was typed, but for a host with other letters than ASCII's: that stands there by its
technical name, so that no look-alike passes for another; and escaped signs stay escaped, so that nothing invisible
hides in it.
"""

from __future__ import annotations

import re
from typing import Any

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

_HOST = re.compile(r"^(?P<before>(?:[a-z]+:)?(?://)?(?:[^/?#@]*@)?)(?P<host>[^/?#:@]*)", re.IGNORECASE)
LONGEST = 2000
BEGINS = "([{<>«»“”‘’„\"'|–—"


class Finder(LinkifyIt):
    """Finds `https://…`, `http://…` and `www.…`. A word with a dot in it is no address: a full stop without a space
    behind it ("zin.De") looks the same. An address of mail isn't one either: nobody's is made easier to gather."""

    def __init__(self) -> None:
        super().__init__(options={"fuzzy_link": False, "fuzzy_email": False})
        for scheme in ("ftp:", "//", "mailto:"):
            self.add(scheme, None)
        self.add("www.", {"validate": self._validate_double_slash, "normalize": self._with_scheme})

    def test_schema_at(self, text: str, name: str, position: int) -> int:
        """How many signs from `position` belong to an address that begins with `name` before it. One begins a word,
        and is looked for no further than it may be long: a row of addresses without a space would be walked again for
        each of them."""
        start = position - len(name)
        before = text[start - 1 : start] if start > 0 else ""
        if before and not (before.isspace() or before in BEGINS):
            return 0
        found = int(super().test_schema_at(text[position : position + LONGEST], name, 0))
        return found if found < LONGEST else 0

    def _with_scheme(self, found: Any) -> None:
        found.url = "https://" + found.url


class Markdown(MarkdownIt):
    """With bare addresses as links, each shown as this module says."""

    def __init__(self, **options: Any) -> None:
        super().__init__("js-default", {"linkify": True, **options})
        self.linkify = Finder()
        # It looks back over all that is written at each "://": minutes for a hostile text. The rule of the core stays.
        self.inline.ruler.disable("linkify")

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802  the library's name
        parts = _HOST.match(link)
        if parts is None or parts["host"].isascii():
            return link
        leads_to = _HOST.match(self.normalizeLink(link if ":" in parts["before"] else f"https://{link}"))
        return parts["before"] + (leads_to["host"] if leads_to else "") + link[parts.end() :]
