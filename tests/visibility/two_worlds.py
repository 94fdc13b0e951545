"""Two worlds alike but for one thing: which of two accounts is behind it. Nobody can tell them apart (P7, D12).

`world(…)` builds one of them from nothing, with a clock that stands still, a dice that falls the same way, counters
that begin at the same number and empty caches; walks it as everybody who isn't one of the two; and takes it down.
What comes back is all that reached anybody: pages, files, feeds, redirects, headers, cookies, how many queries each
answer cost, and mails. `differences(…)` compares. Used for pseudonyms and for anonymous questions; for more, give it
another `build`.
"""

import json
import os
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import Template
from django.test import Client
from django.test.utils import override_settings

from accounts.audiences import Viewer
from accounts.models import User
from notifications.actions import rounds
from notifications.actions.sending import Clock
from tests.visibility import crawl as walking

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
STARTS = (
    *("/", "/nl/", "/en/", "/experts/", "/experts/organisations/", "/discussions/", "/notifications/", "/letters/"),
    *("/accounts/settings/", "/sitemap.xml", "/robots.txt", "/feeds/nl.atom", "/search/", "/discussions/kept/"),
    *("/experts/members/", "/experts/invitations/", "/experts/circles/"),
)
# What may differ from one answer to the next: what keeps a form from being sent by another site, and what the dice
# threw for this answer alone, such as a Message-ID: who is mailed first gets another throw. A hash isn't thrown.
NONCES = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
_THROWN = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")
# A search that is asked for shows its numbers and links; what each narrows it down to is a part of what it shows.
_NARROWED = re.compile(r"^/search/\?.*&")
TWO_DAYS = timedelta(days=2)
_FIRST_KEY = 700_000

Seen = dict[tuple[str, str], bytes]


@dataclass
class Built:
    """What a `build` gives back: who looks around, what they look at beside `STARTS`, and what they ask for."""

    viewers: Mapping[str, Viewer]
    look_at: Iterable[str] = ()
    ask_for: Iterable[tuple[str, dict[str, str]]] = ()  # POSTs that change nothing: what is offered while one types
    secret: set[str] = field(default_factory=set)  # addresses of mail that belong to the two and aren't compared
    do: Iterable[Callable[[], Any]] = ()  # what happens between two rounds of looking
    again: Iterable[str] = ()  # who looks after the first round
    looks: Iterable[str] = ()  # who looks at all that is named and follows no link, since another of their kind does


Build = Callable[[str], Built]


def world(build: Build, which: str, *, walkers: Iterable[str] = (), brief: bool = False) -> Seen:
    """All that was seen in the world in which `which` is behind it: by everybody, or by `walkers` only. First come the
    mails, then they follow every link; after each thing that happens `again` look at `look_at`, and there are mails.
    `brief`: they look at that once, and nothing happens."""
    seen: Seen = {}
    with as_if_new(), standing_still():
        built = build(which)
        seen.update(_mails(0, built.secret))
        for step, happening in enumerate([None, *([] if brief else built.do)]):
            if happening is not None:
                happening()
            for who, viewer in built.viewers.items():
                if who in (walkers or (built.again if step else built.viewers)):
                    if who in built.looks and not (brief or step):
                        walk = _look(viewer, [*built.look_at, *STARTS])
                    else:
                        walk = _look(viewer, built.look_at) if brief or step else _walk(viewer, built.look_at)
                    seen.update({(f"{who}, {step}", address): answer for address, answer in walk.items()})
                    seen.update({(f"{who}, {step}", what): said for what, said in _asked(viewer, built.ask_for)})
            if step:
                seen.update(_mails(step, built.secret))
    assert ("mail, 0", "0") in seen, "Nobody was mailed anything: that proves nothing."
    return seen


Kept = dict[str, list[dict[str, Any]]]


def kept(build: Build, which: str) -> Kept:
    """Every row of every table of that world after everybody was told."""
    with as_if_new(), standing_still():
        built = build(which)
        _mails(0, built.secret)
        return tables()


def tables() -> Kept:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {connection.ops.quote_name(table)} AS t ORDER BY 1")
            found[table] = [json.loads(row) for (row,) in cursor.fetchall()]
    return found


def columns_apart(one: Kept, other: Kept) -> dict[str, set[str]]:
    """Of each table that isn't the same row by row: the columns whose values differ, whatever row they stand in."""
    return {
        table: {
            column
            for column in {*_columns(one[table]), *_columns(other[table])}
            if _differs(one, other, table, column)
        }
        for table in one
        if one[table] != other[table]
    }


def _columns(rows: list[dict[str, Any]]) -> set[str]:
    return {column for row in rows for column in row}


def _differs(one: Kept, other: Kept, table: str, column: str) -> bool:
    values, others = (sorted(json.dumps(row[column]) for row in world[table]) for world in (one, other))
    return values != others


def differences(one: Seen, other: Seen) -> list[str]:
    """Where the two worlds differ, with the first words that do; empty when nobody can tell them apart."""
    found = [f"{place}: only in one of them" for place in sorted(one.keys() ^ other.keys())]
    found += [
        f"{place}: {first_difference(one[place], other[place])}"
        for place in sorted(one.keys() & other.keys())
        if one[place] != other[place]
    ]
    return found


class Dice(random.Random):
    """Falls the same way in each world, and remembers what it threw."""

    thrown: set[bytes] = set()

    def randbytes(self, n: int) -> bytes:
        raw = super().randbytes(n)
        if n == 16:
            self.thrown |= {raw.hex().encode(), UUID(bytes=raw, version=4).hex.encode()}
        return raw

    def forgotten(self, answer: bytes) -> bytes:
        """An answer in which each throw is named by its place."""
        places: dict[bytes, bytes] = {}

        def place(found: re.Match[bytes]) -> bytes:
            raw = found[0].replace(b"-", b"")
            return places.setdefault(raw, b"throw %d" % len(places)) if raw in self.thrown else found[0]

        return _THROWN.sub(place, NONCES.sub(rb"\1", answer))


dice = Dice()


@contextmanager
def standing_still() -> Iterator[None]:
    """The clock stands, the dice falls the same way, and nothing is left of what was known before."""
    dice.seed("two worlds")
    dice.thrown.clear()
    with time_machine.travel(NOW, tick=False), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", dice.randbytes)  # uuid4
        patch.setattr(random, "_urandom", dice.randbytes)  # what `secrets` throws with
        patch.setattr(Clock, "passed", lambda self: 0.0)  # it measures how long sending takes
        # As production renders: the test client's own copies every context, at a tenth of the time.
        patch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
        random.seed("two worlds")
        yield


@contextmanager
def as_if_new() -> Iterator[None]:
    """Counters at one number, nothing in a cache; at the end all is as it was before."""
    _forget()
    before = _counters()
    _set_counters([(name, _FIRST_KEY, True) for name, _at, _used in before])
    try:
        with TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder), transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        _set_counters(before)
        _forget()


def _counters() -> list[tuple[str, int, bool]]:
    """Each with the number it gave last, and whether it gave any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(sequencename), coalesce(last_value, start_value), last_value IS NOT NULL "
            "FROM pg_sequences WHERE schemaname = 'public'"
        )
        return cursor.fetchall()


def _set_counters(counters: Iterable[tuple[str, int, bool]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("SELECT setval(%s::regclass, %s, %s)", list(counters))


def _forget() -> None:
    for cache in caches.all(initialized_only=False):
        cache.clear()
    ContentType.objects.clear_cache()
    mail.outbox = []


class Watching(Client):
    """A browser that notes on each answer how many queries it cost and which cookies it set."""

    def request(self, **sent: Any) -> Any:
        queries: list[str] = []

        def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            queries.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            answer: HttpResponse = super().request(**sent)
        answer.headers["X-Queries"] = str(len(queries))
        cookies = [re.sub(r"=[^;]*", "=", morsel.OutputString(), count=1) for morsel in answer.cookies.values()]
        answer.headers["X-Cookies"] = " | ".join(sorted(cookies))
        return answer


def _walk(viewer: Viewer, look_at: Iterable[str]) -> dict[str, bytes]:
    found = walking.crawl(_browser_of(viewer), [*look_at, *STARTS], but=_NARROWED)
    assert len(found) < walking.MOST, "The walk was cut off: part of the world was not looked at."
    return {address: dice.forgotten(answer) for address, answer in found.items()}


def _look(viewer: Viewer, look_at: Iterable[str]) -> dict[str, bytes]:
    browser = _browser_of(viewer)
    return {address: dice.forgotten(walking.whole(browser.get(address))) for address in look_at}


def _asked(viewer: Viewer, questions: Iterable[tuple[str, dict[str, str]]]) -> Iterator[tuple[str, bytes]]:
    browser = _browser_of(viewer)
    for address, sent in questions:
        yield f"{address} {sent}", walking.whole(browser.post(address, sent))


def _browser_of(viewer: Viewer) -> Watching:
    browser = Watching()
    if isinstance(viewer, User):
        browser.force_login(viewer)
    return browser


def _mails(step: int, secret: set[str]) -> Seen:
    """Everything that is mailed in the two days that follow, but to the two."""
    mail.outbox = []
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        for hours in (0, 1, 24, 47):
            rounds.sweep(now=NOW + step * TWO_DAYS + timedelta(hours=hours))
    letters = [letter for letter in mail.outbox if not secret & set(letter.recipients())]
    sent = sorted(b"%r\n%s" % (letter.recipients(), dice.forgotten(letter.message().as_bytes())) for letter in letters)
    return {(f"mail, {step}", str(number)): letter for number, letter in enumerate(sent)}


def refused_mail(*, now: datetime) -> None:
    """A sweep while the mail server refuses everybody's mail for good."""
    with override_settings(EMAIL_BACKEND=f"{__name__}.Refusing"):
        rounds.sweep(now=now)


class Refusing(BaseEmailBackend):
    def send_messages(self, letters: Sequence[EmailMessage]) -> int:
        raise SMTPRecipientsRefused({address: (550, b"no") for letter in letters for address in letter.recipients()})


def first_difference(one: bytes, other: bytes) -> str:
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    around = slice(max(0, place - 80), place + 80)
    return f"{one[around]!r} but {other[around]!r}"
