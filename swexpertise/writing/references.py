"""Links to things of this site. Stored is the key of the thing; its title is asked for when somebody reads.

`reduced(source, viewer)`, at writing: an address that tells a title (`/discussions/t/41/wachtlijsten/`, with or
without this site's host) becomes the one that doesn't (`/discussions/t/41/`). `targets(viewer, *htmls)`, at reading:
the titles of what is linked without words of its own, of what this viewer may see, in one query. `suggestions`, while
writing.

An app offers its kinds in a `references.py` of its own, which is found and read when the site starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

# Neither in the middle of a word nor within the address of another site.
_BEFORE, _AFTER = r"(?<![\w/.:@%~=&?#-])", r"(?![\w/%-])"
_TAIL = r"(?P<tail>(?:\?[\w=&%+.:;-]*\w)?(?:\#[\w-]+)?)"
_OPEN, _CLOSE = r"(?P<open>\[\[ ?|<)?", r"(?P<close> ?\]\]|>)?"
_NAMED = re.compile(r"\[\[ ?(([a-z]{3,12}):([a-z0-9-]{1,40})) ?\]\]")
_STORED = re.compile(r' class="ref" data-ref="([a-z]{3,12}):([a-z0-9-]{1,40})"')
MOST = 200  # titles asked for on one page; the rest stays an address
Rows = QuerySet[Any, tuple[str, str, str, str]]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be linked to.

    `address` has {} for the key. `path` is a pattern of its addresses, with a group `key` where the address says it;
    the others are looked up by `keys`, among what the viewer may see. `rows` gives of some keys what the viewer may
    see, made by `row`; `found` what of it has these words in its title. `noun` says what it is, `label` how a title
    is shown, `unseen` what stands there for whoever may not see it. `key` and `tail` are patterns: of a key, and of
    what may stay behind an address.
    """

    name: str
    address: str
    path: str
    rows: Callable[[Any, Collection[str]], Rows]
    noun: Any
    unseen: Any
    label: Any = "%(title)s"
    found: Callable[[Any, str], Rows] | None = None
    keys: Callable[[Any, Collection[str]], Mapping[str, str]] | None = None
    key: str = "[0-9]{1,18}"
    tail: str = r"(?!)"

    @cached_property
    def stem(self) -> str:
        return self.address.partition("{}")[0]

    @cached_property
    def exact(self) -> re.Pattern[str]:
        """The address by key, as it is stored."""
        start, _key, end = (re.escape(part) for part in self.address.partition("{}"))
        return re.compile(rf"{_BEFORE}(?P<url>{start}(?P<key>{self.key}){end}(?:{self.tail})?){_AFTER}")

    def written(self, site: str) -> re.Pattern[str]:
        """The address as somebody may write it: with or without `site`, in brackets or not."""
        return re.compile(rf"{_OPEN}{_BEFORE}{site}(?P<path>{self.path}){_TAIL}{_AFTER}{_CLOSE}")

    def url(self, key: str) -> str:
        return self.address.format(key)


@dataclass(frozen=True, slots=True)
class Suggestion:
    kind: str
    title: str
    url: str


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Raises ValueError when another kind has that name."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"There is another kind of thing named {kind.name}.")
    return kind


def kinds() -> dict[str, Kind]:
    return dict(_kinds)


def row(things: QuerySet[Any], kind: str, *, key: str = "pk", title: str = "title", language: str = "") -> Rows:
    """`things` as kind, key, title and language, all text, so that kinds can be asked for together."""
    said: dict[str, Any] = {
        "ref_kind": Value(kind, output_field=TextField()),
        "ref_key": Cast(key, TextField()),
        "ref_title": Cast(title, TextField()),
        "ref_language": Cast(F(language), TextField()) if language else Value("", output_field=TextField()),
    }
    return things.annotate(**said).values_list(*said)


def reduced(source: str, viewer: Any = None) -> str:
    """`source` with every address of a thing of this site by key, without what tells its title.

    What can only be looked up is looked up among what `viewer` (nobody: a visitor) may see: otherwise an address that
    is changed would say that it exists.
    """
    viewer = viewer or AnonymousUser()
    source = _NAMED.sub(lambda name: _kinds[name[2]].url(name[3]) if is_reference(name[1]) else name[0], source)
    site = _this_site()
    for kind in _kinds.values():
        pattern = kind.written(site)
        asked = {match["path"] for match in pattern.finditer(source) if not _key(match)}
        known = dict(kind.keys(viewer, asked)) if asked and kind.keys else {}

        def by_key(match: re.Match[str], kind: Kind = kind, known: Mapping[str, str] = known) -> str:
            key = _key(match) or known.get(match["path"])
            if not key:
                return match[0]
            tail = match["tail"] if re.fullmatch(kind.tail, match["tail"]) else ""
            before, after = match["open"] or "", match["close"] or ""
            bare = (before[:2] == "[[" and after[-2:] == "]]") or (before == "<" and after == ">")
            return kind.url(key) + tail if bare else before + kind.url(key) + tail + after

        source = pattern.sub(by_key, source)
    return source


def _this_site() -> str:
    """A pattern for scheme and host of this site, under every name it answers to; also for nothing at all."""
    hosts = [re.escape(settings.SITE_URL.partition("://")[2].strip("/"))]
    named = [host for host in settings.ALLOWED_HOSTS if host.strip(".*")]
    below = {True: r"(?:[\w-]+\.)*", False: ""}  # a dot in front stands for every host under it
    hosts += [below[host.startswith(".")] + re.escape(host.lstrip(".")) + r"(?::[0-9]+)?" for host in named]
    return rf"(?:https?://(?:{'|'.join(hosts)}))?"


def _key(match: re.Match[str]) -> str:
    key = match.groupdict().get("key") or ""
    return str(int(key)) if key.isdigit() else key


def in_text(text: str) -> list[tuple[int, int, str, str]]:
    """Where addresses by key stand in `text`: from, to, reference, address; in order."""
    found = [
        (match.start("url"), match.end("url"), f"{kind.name}:{match['key']}", match["url"])
        for kind in _kinds.values()
        if kind.stem in text
        for match in kind.exact.finditer(text)
    ]
    return sorted(found)


def named_by(address: str) -> str | None:
    """The reference that is the whole of `address`."""
    found = in_text(address)
    return found[0][2] if found and found[0][:2] == (0, len(address)) else None


def is_reference(value: str) -> bool:
    """Within the closed vocabulary: a known kind and a key."""
    kind, _colon, key = value.partition(":")
    return kind in _kinds and re.fullmatch(_kinds[kind].key, key) is not None


def targets(viewer: Any, *htmls: str) -> dict[str, str]:
    """What links without words in stored HTML are called, for this viewer: by reference, only what they may see.

    One query for all kinds together; none when there is no such link.
    """
    asked: dict[str, set[str]] = {}
    for html in htmls:
        for kind, key in _STORED.findall(html) if "data-ref" in html else ():
            if is_reference(f"{kind}:{key}") and sum(map(len, asked.values())) < MOST:
                asked.setdefault(kind, set()).add(key)
    called: dict[str, str] = {}
    for kind, key, title, language in _together(_kinds[kind].rows(viewer, keys) for kind, keys in asked.items()):
        if f"{kind}:{key}" not in called or language == get_language():
            called[f"{kind}:{key}"] = str(_kinds[kind].label) % {"title": title}
    return called


def unseen(reference: str) -> str:
    """What stands in the place of a title that the reader may not know; the same for what isn't there."""
    kind = _kinds.get(reference.partition(":")[0])
    return str(kind.unseen) if kind else ""


def suggestions(viewer: Any, words: str, most: int) -> list[Suggestion]:
    """What the viewer may see and has `words` in its title, in one query; what begins with them first."""
    parts = [kind.found(viewer, words)[:most] for kind in _kinds.values() if kind.found]
    seen: dict[str, tuple[str, str]] = {}
    for kind, key, title, language in _together(parts):
        if f"{kind}:{key}" not in seen or language == get_language():
            seen[f"{kind}:{key}"] = kind, title
    ranked = sorted(seen.items(), key=lambda item: not item[1][1].casefold().startswith(words.casefold()))
    return [Suggestion(kind, title, _kinds[kind].url(ref.partition(":")[2])) for ref, (kind, title) in ranked[:most]]


def _together(parts: Iterable[Rows]) -> Iterable[tuple[str, str, str, str]]:
    parts = list(parts)
    if not parts:
        return ()
    first, *others = parts
    return first.union(*others, all=True) if others else first
