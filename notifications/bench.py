"""Mails a second of a digest run, against a bare loop that sends the very same mails over one connection (N22)."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory

from django.test import override_settings
from django.utils import timezone

from accounts.actions import members
from discussions.actions import posts, spaces, threads
from experts.actions import names
from notifications.actions import events, issues, sending, watches
from notifications.actions.sending import Clock
from notifications.contents import Content
from notifications.levels import Level
from swexpertise.bench.measures import Result, measure
from swexpertise.mail import Message, deliver, open_connection

MEMBERS, ITEMS = 200, 30


@measure("a digest run, and a bare loop that sends the same mails over one connection")
def digests() -> list[Result]:
    now = timezone.now()
    _people_and_posts(now)
    began = time.perf_counter()
    events.fan_out(now=now)
    told = time.perf_counter() - began
    issues.plan(now=now + timedelta(days=1))
    kept: list[Message] = []
    with _listener():
        began = time.perf_counter()
        sent = _send_keeping(kept, now + timedelta(days=1))
        ours = sent / (time.perf_counter() - began)
        bare = _bare(kept)
    return [
        Result(f"telling {MEMBERS} members of one post", told / ITEMS * 1000, "ms"),
        Result(f"mails a second of a digest run, {ITEMS} posts in each", ours, "a second"),
        Result("mails a second of the bare loop", bare, "a second"),
        Result("the bare loop is quicker by", bare / ours, "times"),
    ]


@contextmanager
def _listener() -> Iterator[None]:
    """A mail server of our own, in another process, that keeps what it gets in a folder which is thrown away."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        number, port = listening.fileno(), listening.getsockname()[1]
        command = [sys.executable, "-m", "swexpertise.start.mailsink", "--fd", str(number), "--folder", folder]
        server = subprocess.Popen(command, pass_fds=[number], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False):
                open_connection().close()  # returns once it answers
                yield
        finally:
            server.terminate()
            server.wait(10)


def _send_keeping(kept: list[Message], now: datetime) -> int:
    """A digest run, whose messages are kept for the bare loop."""
    compose = sending.message_for

    def keeping(content: Content, *, at: datetime) -> Message:
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


def _people_and_posts(now: datetime) -> None:
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
