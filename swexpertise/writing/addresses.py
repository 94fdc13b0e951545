"""Addresses of other sites in a text: which they are, how they are shown, and where a link leads whose words look like
another one. Nothing is fetched from there.

Shown is a bare address as it was typed, but for a host with other letters than ASCII's: that stands there by its
technical name, so that no look-alike passes for another; and escaped signs stay escaped, so that nothing invisible
hides in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from unicodedata import category, normalize
from urllib.parse import unquote

from django.conf import settings
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

_HOST = re.compile(r"^(?P<before>(?:[a-z]+:)?(?://)?(?:[^/?#@]*@)?)(?P<host>[^/?#:@]*)", re.IGNORECASE)
_ENDS = re.compile(r"[/?#\\]")
_PIECE = re.compile(r"[\w.-]+")
LONGEST = 2000
LONGEST_MAIL = 254  # of an address of mail (RFC 5321)
# What a file is called is no host, though it has a dot.
FILES = {"pdf", "doc", "docx", "odt", "ods", "xls", "xlsx", "csv", "txt", "jpg", "jpeg", "png", "htm", "html"}
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


def leads_to(words: str, href: str) -> str:
    """Where a link leads whose `words` look like another address than `href`: its host, or the address of mail; empty
    where nobody can be mistaken.

    Two hosts are the same only sign by sign, but for capitals and a `www.` in front: of look-alikes in other letters
    the technical name is shown. A name before an @ looks like a host, so there the real one stands behind it.
    """
    target = _target(href)
    if not target:
        return ""
    shown = "".join(sign for sign in normalize("NFKC", words).replace("\u3002", ".") if category(sign) != "Cf").lower()
    if href.lower().startswith("mailto:"):
        said = {word.strip(".,;:()<>") for word in shown.split()}
        return target if target.lower() not in said and any(_hosts_in(shown)) else ""
    same = {target, target.removeprefix("www.")}
    return target if any(host.removeprefix("www.") not in same for host in _hosts_in(shown)) else ""


def _target(href: str) -> str:
    """The host that a browser asks, or whom a mail goes to; of an address without a host this site's."""
    scheme, colon, rest = href.partition(":")
    if colon and scheme.lower() == "mailto":
        return unquote(rest.partition("?")[0])[:LONGEST_MAIL]
    if colon and scheme.lower() in ("http", "https"):
        authority = rest.lstrip("/")
    elif href.startswith("//"):
        authority = href.lstrip("/")
    elif href[:1] in ("/", "#", "?", "."):
        authority = settings.SITE_URL.partition("://")[2]
    else:
        return ""
    return _host_of(unquote(_ENDS.split(authority)[0])).lower()


def _host_of(authority: str) -> str:
    return authority.rpartition("@")[2].partition(":")[0].rstrip(".")


def _hosts_in(words: str) -> Iterator[str]:
    for word in words.split():
        yield from _hosts(word)


def _hosts(word: str) -> list[str]:
    """What in one word looks like a host: behind a scheme whatever stands there, else what has the shape of one."""
    _scheme, has_scheme, rest = word.partition("//")
    authority = _ENDS.split(rest if has_scheme else word)[0]
    found = [piece for piece in _shaped(authority) if piece] or ([_host_of(authority)] if has_scheme else [])
    return [host for host in found if host] or list(_shaped(word))


def _shaped(text: str) -> Iterator[str]:
    for piece in _PIECE.findall(text):
        *labels, last = piece.strip(".-_").split(".")
        has_ending = (len(last) > 1 and last.isalpha() and last not in FILES) or last.startswith("xn--")
        if labels and all(labels) and has_ending:
            yield ".".join((*labels, last))
