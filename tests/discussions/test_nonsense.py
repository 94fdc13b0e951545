"""Whatever is sent to an address of ours, by a visitor, a member or a coordinator: an answer, and no error of ours.

The addresses come from the URLconf, the fields from the forms on their pages and from what the code asks for, so that
a page added later is tried too. Each request is rolled back.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import User
from discussions.actions import drafts, polls, posts, reactions, reports, threads
from discussions.models import Post, Space, Thread
from discussions.models.decision import Grounds
from discussions.models.draft import Kind, Place
from experts.models import Topic
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply

APPS = ["discussions", "notifications"]
FORM = "application/x-www-form-urlencoded"
TYPES = [FORM, "application/json", "text/plain; charset=nonsense", "multipart/form-data; boundary=x"]
HALF = b'--x\r\nContent-Disposition: form-data; name="text\x00"\r\n\r\n\xff'
NASTY = {
    "nothing": b"",
    "NUL": b"a\x00b",
    "lone surrogate": b"\xed\xa0\x80",
    "broken UTF-8": b"\xff\xfe\xc3",
    "right to left": "\u202egnp.exe\u2066".encode(),
    "large number": b"99999999999999999999",
    "larger than the database's": b"9223372036854775808",
    "negative": b"-1",
    "no number": b"NaN",
    "digit that is no number": "\u00b2".encode(),
    "digits of another script": "\u0661\u0662".encode(),
    "a time that never was": b"2026-02-31T25:61",
    "the first day": b"0001-01-01T00:00",
    "the last day": b"9999-12-31T23:59",
    "an hour that was skipped": b"2027-03-28T02:30",
    "a place that is none": b"Mars/Olympus",
    "a path": b"../../etc/passwd",
    "another host": b"//evil.invalid/\r\nSet-Cookie: a=b",
    "a list": b'["a", {"b": null}]',
    "SQL": b"' OR 1=1; --",
    "a pattern": b"%_\\(((*+?[",
    "Markdown": b"[[" * 100 + b"@a " * 100 + b">" * 400,
    "much": b"woord " * 2_000,
}
IN_PATH = {
    "pk": ["0", "99999999999999999999", "9223372036854775808"],
    "*": ["\u202ex", "a%00b", "%ED%A0%80", "x" * 300],
}
INPUT = re.compile(r"<(?:input|textarea|select|button)\b[^>]*\bname=\"([^\"]+)\"")
ASKED = re.compile(
    r"(?:GET|POST|query|asked|sent)(?:\.get(?:list)?\(|\[)\"([a-z_]+)\"|\"([a-z_]+)\" (?:not )?in request\."
)


def addresses(app: str) -> Iterator[str]:
    """Every address of `app` with its parts in angle brackets, as the URLconf has it."""

    def walk(patterns: Any, before: str) -> Iterator[str]:
        for found in patterns:
            if isinstance(found, URLResolver):
                yield from walk(found.url_patterns, before + str(found.pattern))
            elif isinstance(found, URLPattern):
                yield before + re.sub(
                    r"\(\?P<(\w+)>[^)]*\)|[\^$]", lambda m: f"<{m[1]}>" if m[1] else "", str(found.pattern)
                )

    yield from sorted(set(walk([r for r in get_resolver().url_patterns if str(r.pattern) == f"{app}/"], "")))


def asked_for(app: str) -> set[str]:
    """The names that the code of `app` looks for in what is sent."""
    code = "\n".join(file.read_text(encoding="utf-8") for file in Path(settings.BASE_DIR, app).rglob("*.py"))
    return {one or other for one, other in ASKED.findall(code)}


def filled(pattern: str, known: dict[str, list[str]]) -> list[str]:
    """`pattern` with things that are there, and with things that can't be."""
    parts = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    if not parts:
        return ["/" + pattern]
    stem = next((word for word in pattern.split("<")[0].split("/")[::-1] if word in known), "")
    there = known.get(stem, known["*"])
    whole = re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", pattern).replace("<kind>", "thread")
    first = f"<{parts[0]}>"
    strange = IN_PATH.get(parts[0], IN_PATH["*"])
    return ["/" + re.sub("<[a-z]+>", one, whole.replace(first, one)) for one in [*there, *strange]]


def ask(client: Client, method: str, address: str, **sent: Any) -> Any:
    """One request, of which nothing stays. An exception that the site doesn't answer fails the test by itself."""
    with transaction.atomic():
        answer = client.generic(method, address, **sent)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    assert answer.status_code < 500, (method, address, sent)
    return answer


@pytest.fixture
def known(
    anna: User, bram: User, cas: User, coordinator: User, space: Space, thread: Thread, circle_thread: Thread
) -> dict[str, list[str]]:
    """Of each kind of thing one that is open, closed, gone or foreign, by the word before it in an address."""
    locked = open_thread(anna, space, "Dicht", "x", kind="question")
    threads.lock(by=coordinator, thread=locked, reason="Klaar, dank allemaal.")
    gone = reply(bram, thread)
    posts.delete(by=bram, post=gone)
    mine, hidden = reply(bram, thread, "Van mij."), reply(cas, thread, "Te verbergen.")
    report = reports.report(by=bram, post=hidden, grounds=Grounds.SPAM)
    poll = polls.open_poll(
        by=anna,
        name=first_name(anna),
        thread=thread,
        question="Wanneer?",
        options=["ma", "di"],
        closes_at=timezone.now() + timedelta(days=3),
    )
    draft = drafts.keep(by=bram, place=Place(Kind.THREAD, space.pk), text="Begonnen.", filled={})
    reactions.keep(by=bram, post=mine)
    all_threads = [str(one.pk) for one in (thread, locked, circle_thread)]
    all_posts = [str(one.pk) for one in (mine, gone, opening_of(circle_thread), opening_of(thread))]
    topic = Topic.objects.first()
    return {
        "t": all_threads,
        "threads": all_threads,
        "thread": all_threads,
        "posts": all_posts,
        "why": all_posts,
        "polls": [str(poll.pk)],
        "drafts": [str(draft.pk if draft else 0)],
        "space": [str(space.pk)],
        "s": [str(space.pk)],
        "feeds": [str(space.pk)],
        "topic": [str(topic.pk if topic else 0)],
        "decisions": [str(report.pk)],
        "appeals": ["1"],
        "imports": ["1"],
        "mute": [first_name(cas).key],
        "discussions": ["zorg", "kern"],
        "experts": [first_name(bram).key],
        "*": ["1", "zorg"],
    }


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("who", ["visitor", "bram", "coordinator"])
def test_nonsense_gets_an_answer(
    request: pytest.FixtureRequest, known: dict[str, list[str]], who: str, app: str
) -> None:
    """D20, S8. Every address of the app, read and written, with each of two dozen kinds of nonsense in turn."""
    client = client_of(None if who == "visitor" else request.getfixturevalue(who))
    names, kinds = asked_for(app) | {"page"}, list(NASTY.values())
    turn, patterns = 0, list(addresses(app))
    assert patterns, "the URLconf was not found"
    for pattern in patterns:
        for address in filled(pattern, known):
            cache.clear()  # so that nobody is told to wait
            page = ask(client, "GET", address)
            text = page.content.decode(errors="replace") if page.status_code == 200 and not page.streaming else ""
            fields = sorted(names | set(INPUT.findall(text)) - {"csrfmiddlewaretoken"})
            for method in ("GET", "POST", "POST") if text else ("POST",):
                turn += 1
                nonsense = quote(kinds[turn % len(kinds)][: 3000 if method == "GET" else None])
                sent = "&".join(f"{name}={nonsense}&{name}={nonsense}" for name in fields[turn % 2 :])
                if method == "GET":
                    ask(client, "GET", f"{address}?{sent}")
                else:
                    ask(client, "POST", address, data=sent, content_type=FORM)
            ask(client, "POST", address, data=HALF, content_type=TYPES[turn % len(TYPES)])


@pytest.mark.parametrize("kind", NASTY)
def test_a_text_of_nonsense_is_placed_or_given_back(bram: User, thread: Thread, kind: str) -> None:
    """D20. In each field of a reply and of a new discussion, one at a time; the text that was good stays."""
    client, nonsense = client_of(bram), quote(NASTY[kind])
    for address in (f"/discussions/threads/{thread.pk}/reply/", "/discussions/zorg/new/"):
        page = client.get(address).content.decode()
        fields = set(INPUT.findall(page)) - {"csrfmiddlewaretoken", "text", "preview"}
        assert fields >= {"content_note"}
        for field in fields:
            count = Post.objects.count()
            sent = f"text=Blijft+staan.&title=Ook+dit&kind=discussion&{field}={nonsense}"
            answer = client.post(address, data=sent, content_type=FORM)
            is_placed = answer.status_code == 302 and Post.objects.count() == count + 1
            is_back = answer.status_code == 200 and "Blijft staan." in answer.content.decode()
            assert is_placed or is_back, (address, field, answer.status_code)
