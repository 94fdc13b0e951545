"""Mails a second of a digest run, against a bare loop that sends the very same mails over one connection (N22)."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions import members
from discussions.actions import posts, spaces, threads
from experts.actions import names
from notifications.actions import events, issues, sending, watches
from notifications.actions.sending import Clock
from notifications.levels import Level
from notifications.models import Issue
from swexpertise.mail import Message, deliver, open_connection

MEMBERS, ITEMS = 200, 30


def bench_digest(out: Callable[[str], None]) -> None:
    """Makes its own members and posts, and takes everything back at the end. Needs a mail server that listens."""
    with transaction.atomic():
        now = timezone.now()
        _people_and_posts(now)
        began = time.perf_counter()
        events.fan_out(now=now)
        out(f"telling {MEMBERS} members of {ITEMS} posts: {time.perf_counter() - began:.2f} s")
        issues.plan(now=now + timedelta(days=1))
        count = Issue.objects.ready(now + timedelta(days=1)).count()
        kept: list[Message] = []
        began = time.perf_counter()
        sent = _send_keeping(kept, now + timedelta(days=1))
        ours = sent / (time.perf_counter() - began)
        bare = _bare(kept)
        out(f"digests: {sent} of {count} sent, {ours:.0f} mails a second")
        out(f"a bare loop of the same mails: {bare:.0f} a second; ratio {ours / bare:.2f}")
        transaction.set_rollback(True)


def _send_keeping(kept: list[Message], now) -> int:
    """A digest run, whose messages are kept for the bare loop."""
    compose = sending.message_for

    def keeping(content, *, at) -> Message:
        kept.append(compose(content, at=at))
        return kept[-1]

    sending.message_for = keeping
    try:
        clock, sent = Clock(now), 0
        while (leased := issues.lease(now=now))[1]:
            sent += sending.send_batch(leased[1], leased[0], clock=clock)
        return sent
    finally:
        sending.message_for = compose


def _bare(messages: list[Message]) -> float:
    connection = open_connection()
    began = time.perf_counter()
    for message in messages:
        deliver(message, connection)
    connection.close()
    return len(messages) / (time.perf_counter() - began)


def _people_and_posts(now) -> None:
    long_ago = now - timedelta(days=60)
    people = []
    for number in range(MEMBERS + 1):
        user = members.create(
            email=f"bench-{number}@bench.invalid", hashed="!", role="coordinator", at=long_ago, mail_detail="full"
        )
        name = names.create(by=user, holder=user, display_name=_called(number), is_first=True, is_sample=True)
        people.append((user, name))
    (author, name), readers = people[0], people[1:]
    space = spaces.open_space(by=author, slug="bench-space", name="Bench")
    text = "Een antwoord van een gewone lengte. " * 12
    thread = threads.open_thread(by=author, name=name, space=space, title="Bench", text=text, is_history=True)
    for reader, _name in readers:
        watches.watch(by=reader, thing=thread, level=Level.FOLLOWING)
    for number in range(ITEMS):
        posts.reply(by=author, name=name, thread=thread, text=f"{number}. {text}", at=now - timedelta(hours=30))


def _called(number: int) -> str:
    """A spelling that no other name resembles."""
    letters = "bdfgklmnprstvz"
    word = ""
    for _place in range(5):
        number, place = divmod(number, len(letters))
        word += letters[place] + "aeiou"[place % 5]
    return f"Proef {word}"
