"""Mails a second of a digest run, against a bare loop that sends the very same mails over one connection (N22)."""

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts.models import Preferences, User
from discussions.actions import posts, spaces, threads
from discussions.models import Space
from experts.actions import names
from notifications.actions import events, issues, sending
from notifications.actions.sending import Clock
from notifications.contents import Content
from notifications.levels import Level
from notifications.models import Event, Issue, Watch
from notifications.models.issue import State
from swexpertise.bench.measures import Result, measure, measure_at_scale
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
    all_mails: int = 0  # also of rounds that nothing was compared with
    all_seconds: float = 0.0


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


@measure_at_scale("a whole night: memory at a tenth of the members and at all of them, and how fast")
def a_night(*, members: int, events: int) -> list[Result]:
    """Each member is told of `events` / `members` events of their own, about thirty posts. Everything is planned and
    sent for a tenth of the members first, then for the others."""
    now = timezone.now()
    first = members // 10
    space = world(members=0, items=ITEMS, now=now)
    done, peaks, planned = [], [], 0.0
    Event.objects.update(fanned_out_at=now)  # nobody is told of the posts themselves
    for size, made, at in ((first, 0, now), (members, first, now + timedelta(minutes=1))):
        follow(space, made, size, now=now)
        happen(space, made, size, each=max(1, events // members), now=now)
        began = time.perf_counter()
        issues.plan(now=at + timedelta(days=1))
        planned = time.perf_counter() - began
        done.append(send_in_turns(at + timedelta(days=1), every=10))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    run = done[-1]
    return [
        Result(f"peak memory after {first} members", peaks[0], "MB"),
        Result(f"peak memory after {members} members and {events} events", peaks[1], "MB"),
        Result("it grew by", peaks[1] - peaks[0], "MB", limit=max(10.0, peaks[0] / 10)),
        Result(f"planning {members - first} issues", planned, "s"),
        Result("mails sent", sum(one.all_mails for one in done), "mails"),
        Result("mails a second of the whole run", run.all_mails / run.all_seconds, "a second"),
        Result("in rounds compared: mails a second", run.mails / run.ours, "a second"),
        Result("a bare loop that builds and sends them is quicker by", run.ours / run.bare, "times", limit=2),
        Result("a loop that sends finished bytes is quicker by", run.ours / run.bytes, "times"),
    ]


def happen(space: Space, start: int, end: int, *, each: int, now: datetime) -> None:
    """`each` events for every member from `start` up to `end`, of which nobody else is told: written as rows, since
    telling is measured elsewhere."""
    with connection.cursor() as cursor:
        for first in range(start, end, 5000):
            cursor.execute(
                """
                WITH post AS (
                    SELECT post.id, post.thread_id, post.author_id, row_number() OVER (ORDER BY post.id) - 1 AS place
                    FROM discussions_post AS post JOIN discussions_thread AS thread ON thread.id = post.thread_id
                    WHERE thread.space_id = %(space)s AND post.number > 1
                ), member AS (
                    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM (
                        SELECT id FROM accounts_user WHERE email LIKE 'bench-%%' AND role = 'member'
                        ORDER BY id LIMIT %(many)s OFFSET %(first)s
                    ) AS few
                ), happened AS (
                    INSERT INTO notifications_event
                        (kind, thread_id, post_id, actor_id, at, mail_detail, fanned_out_at)
                    SELECT 'post_published', post.thread_id, post.id, post.author_id, %(at)s, 'full', %(at)s
                    FROM member CROSS JOIN generate_series(0, %(each)s - 1) AS nth
                    JOIN post ON post.place = (member.place + nth) %% %(posts)s
                    ORDER BY member.place, nth
                    RETURNING id
                ), counted AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM happened)
                INSERT INTO notifications_delivery
                    (event_id, recipient_id, channel, reason, is_urgent, passes_quiet, mail_detail, at, state, why)
                SELECT counted.id, member.id, 'mail', 'following', false, false, 'full', %(at)s, 'planned', ''
                FROM counted JOIN member ON member.place = counted.place / %(each)s
                """,
                {
                    "space": space.pk, "many": min(5000, end - first), "first": first, "each": each, "posts": ITEMS,
                    "at": now - timedelta(hours=30),
                },
            )  # fmt: skip
        cursor.execute("ANALYZE")


def send_in_turns(now: datetime, *, every: int = 1) -> Run:
    """All that is planned, round by round; each, or one in `every`, followed by the bare loops over the same mails."""
    run, clock, number = Run(), Clock(now), 0
    with _listener() as folder:
        bare: Any = open_connection()
        while True:
            is_compared = number % every == 0
            keeping: AbstractContextManager[Sequence[Message]] = _kept() if is_compared else nullcontext([])
            with keeping as kept:
                began = time.perf_counter()
                key, ids = issues.lease(now=now)
                sent = sending.send_round(ids, key, clock=clock) if ids else 0
                took = time.perf_counter() - began
            if not ids:
                break
            number += 1
            run.all_mails += sent
            run.all_seconds += took
            if is_compared:
                run.mails += sent
                run.ours += took
                _bare_loops(bare, kept, run)
            for mail in folder.iterdir():
                mail.unlink()
        bare.close()
    _all_left()
    return run


def _bare_loops(bare: Any, kept: Sequence[Message], run: Run) -> None:
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


def _all_left() -> None:
    if Issue.objects.exclude(state__in=[State.SENT, State.EMPTY]).exists():
        raise RuntimeError("Not everything left.")


@contextmanager
def _listener() -> Iterator[Path]:
    """A mail server of our own, in another process, that keeps what it gets in a folder which is thrown away."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        number, port = listening.fileno(), listening.getsockname()[1]
        command = [sys.executable, "-m", "swexpertise.start.mailsink", "--fd", str(number), "--folder", folder]
        server = subprocess.Popen(command, pass_fds=[number], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False):
                open_connection().close()  # returns once it answers
                yield Path(folder)
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


def world(*, members: int, items: int, now: datetime) -> Space:
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
    follow(space, 0, members, now=now)
    return space


def follow(space: Space, start: int, end: int, *, now: datetime) -> None:
    """Members who follow all of it and read everything in mail; none twice."""
    for first in range(start, end, 1000):
        made = User.objects.bulk_create(
            User(email=f"bench-{number}@bench.invalid", role="member", joined_at=now - timedelta(days=60))
            for number in range(first, min(first + 1000, end))
        )
        Preferences.objects.bulk_create(Preferences(user=user, mail_detail="full") for user in made)
        Watch.objects.bulk_create(Watch(user=user, space=space, level=Level.FOLLOWING) for user in made)
