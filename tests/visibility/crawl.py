"""A reader who follows every link they are shown, and the ways a word may be hidden in what they read."""

import base64
import hashlib
import re
from collections import deque
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from django.test import Client

LINK = re.compile(r"""(?:href|src|action)="([^"#]+)""")
PLACE = re.compile(r"<loc>([^<]+)</loc>")
# What ends a session, changes the language, or belongs to editors (their rights are tested with the CMS).
NOT_FOLLOWED = re.compile(r"^/(accounts/logout|leave|i18n|cms|static)/")
MOST = 800


def crawl(client: Client, starts: Iterable[str], *, but: re.Pattern[str] | None = None) -> dict[str, bytes]:
    """Every address reached by GET from `starts`, with status line, headers and body in one piece of bytes. No link is
    followed that matches `but`."""
    waiting, seen, found = deque(starts), set(starts), {}
    while waiting and len(found) < MOST:
        address = waiting.popleft()
        answer = client.get(address)
        found[address] = whole(answer)
        assert answer.status_code < 500 or address == "/health/ready", address  # which says so when a beat is away
        for link in links(address, answer.headers.get("Location", ""), found[address]):
            if link not in seen and not NOT_FOLLOWED.match(link) and not (but and but.match(link)):
                seen.add(link)
                waiting.append(link)
    return found


def whole(answer: Any) -> bytes:
    """Status line, headers and body of an answer of the test client."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{answer.status_code}\n{head}\n\n".encode() + body


def links(address: str, location: str, body: bytes) -> Iterator[str]:
    """Addresses on this site that an answer leads to, without fragment."""
    text = body.decode(errors="replace")
    for raw in [location, *LINK.findall(text), *PLACE.findall(text)]:
        parts = urlsplit(urljoin(f"http://testserver{address}", unescape(raw)))
        if raw and parts.scheme in ("http", "https") and parts.hostname in ("testserver", "swexpertise.invalid"):
            yield f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def disguises(word: str) -> set[bytes]:
    """A word as it may stand in an answer: as it is, in an address, encoded, or as a common hash of it (S4)."""
    raw = word.encode()
    return {
        raw,
        raw.upper(),
        quote(word).encode(),
        base64.b64encode(raw).rstrip(b"="),
        base64.urlsafe_b64encode(raw).rstrip(b"="),
        raw.hex().encode(),
        hashlib.md5(raw, usedforsecurity=False).hexdigest().encode(),
        hashlib.sha1(raw, usedforsecurity=False).hexdigest().encode(),
        hashlib.sha256(raw).hexdigest().encode(),
    }


def where_heard(word: str, pages: dict[str, bytes]) -> list[str]:
    """The addresses at which the word, in any disguise, can be read."""
    marks = disguises(word)
    return sorted(address for address, body in pages.items() if any(mark in body for mark in marks))
