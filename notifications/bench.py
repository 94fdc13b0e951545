"""Mails a second of a digest run, against a bare loop that sends the very same mails over one connection (N22)."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings
from django.utils import timezone

from accounts.models import Preferences, User
from discussions.actions import posts, spaces, threads
from experts.actions import names
from notifications.actions import events, issues, sending
from notifications.actions.sending import Clock
from notifications.contents import Content
from notifications.levels import Level
from notifications.models import Issue, Watch
from notifications.models.issue import State
from swexpertise.bench.measures import Result, measure
from swexpertise.mail import Message, open_connection

MEMBERS, ITEMS, THREADS = 1000, 30, 6


@dataclass
class Run:
    """Seconds spent by a digest run, and by bare loops over the same mails. They take turns, round by round, so that
    whatever else the machine does slows both alike."""

    mails: int = 0
    ours: float = 0.0
    bare: float = 0.0  # a loop that builds each mail from its finished text and HTML, as Django does, and sends it
    bytes: float = 0.0  # a loop that sends finished bytes and builds nothing


@measure("a digest run, and a bare loop that sends the same mails over one connection")
def digests() -> list[Result]:
    now = timezone.now()
    world(members=MEMBERS, items=ITEMS, now=now)
    began = time.perf_counter()
    events.fan_out(now=now)
    told = time.perf_counter() - began
    began = time.perf_counter()
    issues.plan(now=now + timedelta(days=1))
    planned = time.perf_counter() - began
    done = send_in_turns(now + timedelta(days=1))
    return [
        Result(f"telling {MEMBERS} members of one post", told / ITEMS * 1000, "ms"),
        Result(f"planning {MEMBERS} issues", planned * 1000, "ms"),
        Result(f"mails a second of a digest run, {ITEMS} posts for each", done.mails / done.ours, "a second"),
        Result("mails a second of a bare loop that builds and sends them", done.mails / done.bare, "a second"),
        Result("that bare loop is quicker by", done.ours / done.bare, "times", limit=2),
        Result("mails a second of a loop that sends finished bytes", done.mails / done.bytes, "a second"),
        Result("a loop that builds nothing is quicker by", done.ours / done.bytes, "times"),
    ]


def send_in_turns(now: datetime) -> Run:
    """All that is planned, round by round, each followed by the bare loops over the same mails."""
    run, clock = Run(), Clock(now)
    with _listener():
        bare: Any = open_connection()
        while True:
            with _kept() as kept:
                began = time.perf_counter()
                key, ids = issues.lease(now=now)
                run.mails += sending.send_round(ids, key, clock=clock) if ids else 0
                run.ours += time.perf_counter() - began
            if not ids:
                break
            wires = [(message.to, message.wire()) for message in kept]
            began = time.perf_counter()
            for message in kept:
                django: Any = super(Message, message).message()
                built = django.as_bytes(linesep="\r\n")
                bare.connection.sendmail("bench@bench.invalid", message.to, built)
            run.bare += time.perf_counter() - began
            began = time.perf_counter()
            for to, wire in wires:
                bare.connection.sendmail("bench@bench.invalid", to, wire)
            run.bytes += time.perf_counter() - began
        bare.close()
    _all_left()
    return run


def _all_left() -> None:
    if Issue.objects.exclude(state__in=[State.SENT, State.EMPTY]).exists():
        raise RuntimeError("Not everything left.")


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


@contextmanager
def _kept() -> Iterator[Sequence[Message]]:
    """What a batch composes, for the bare loop."""
    compose, kept = sending.message_for, []

    def keeping(content: Content, *, at: datetime) -> Message:
        kept.append(compose(content, at=at))
        return kept[-1]

    sending.message_for = keeping
    try:
        yield kept
    finally:
        sending.message_for = compose


def world(*, members: int, items: int, now: datetime) -> None:
    """`items` posts in a few threads of one space, and members who follow all of it and read everything in mail."""
    long_ago = now - timedelta(days=60)
    author = User.objects.create(email="bench-author@bench.invalid", role="coordinator", joined_at=long_ago)
    name = names.create(by=author, holder=author, display_name="Proefschrijver", is_first=True, is_sample=True)
    space = spaces.open_space(by=author, slug="bench-space", name="Bench")
    text = "Een antwoord van een gewone lengte. " * 12
    opened = [
        threads.open_thread(by=author, name=name, space=space, title=f"Gesprek {n}", text=text, is_history=True)
        for n in range(THREADS)
    ]
    for number in range(items):
        thread = opened[number % THREADS]
        posts.reply(by=author, name=name, thread=thread, text=f"{number}. {text}", at=now - timedelta(hours=30))
    for start in range(0, members, 1000):
        made = User.objects.bulk_create(
            User(email=f"bench-{number}@bench.invalid", role="member", joined_at=long_ago)
            for number in range(start, min(start + 1000, members))
        )
        Preferences.objects.bulk_create(Preferences(user=user, mail_detail="full") for user in made)
        Watch.objects.bulk_create(Watch(user=user, space=space, level=Level.FOLLOWING) for user in made)
