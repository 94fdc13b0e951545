"""What discussions cost, in a small network and in one a hundred times as large (D16, D17)."""

import itertools
import resource
import statistics
import time
from collections.abc import Callable
from functools import partial
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts.actions import members
from accounts.models import User
from discussions import bench_bare, bulk, pages
from discussions.actions import imports, posts, spaces, threads
from discussions.importing import made_up
from discussions.models import Post, Space, Thread
from experts.actions import names
from experts.models import Name
from swexpertise.bench.measures import Result, measure, milliseconds

SMALL, LARGE = 1_000, 100_000
MAILS = 10_000
SHOWN = 100  # posts on the page that is held against a bare one
AIM = 2.5  # times the CPU of a bare Django view
PARAGRAPH = "Een gewone alinea van een paar zinnen, zoals mensen die schrijven, met **nadruk** en @bench-lezer. " * 4
_numbers = itertools.count(1)


@measure("a thread of 1,000 and one of 100,000 posts")
def threads_small_and_large() -> list[Result]:
    writer, reader, space = _people()
    found, times = [], {}
    for count in (SMALL, LARGE):
        thread = _thread(writer, space, count)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE discussions_post")  # as PostgreSQL does by itself, a little later
        client = Client(SERVER_NAME="localhost")
        client.force_login(reader)
        for view in ("tree", "time"):
            address = f"{thread.get_absolute_url()}?view={view}&page=10"
            client.get(address)
            times[view, count] = milliseconds(partial(client.get, address))
            found += _page(client, address, f"page 10, {view}, {count:,} posts")
        times["reply", count] = milliseconds(_replying(reader, thread))
        found.append(Result(f"reply in {count:,} posts", times["reply", count], "ms"))
    for what in ("tree", "time", "reply"):
        ratio = times[what, LARGE] / times[what, SMALL]
        found.append(Result(f"{what}: large against small", ratio, "times", 3.0))
    return found


@measure("a page of 100 posts, and the least that shows the same 100")
def page_against_bare() -> list[Result]:
    """CPU of the application; PostgreSQL works besides. The posts are the same rows, the reader is signed in."""
    writer, reader, space = _people()
    thread = _thread(writer, space, 1_000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE discussions_post")  # as PostgreSQL does by itself, a little later
    found: list[Result] = []
    cpu: dict[str, float] = {}
    size, pages.SIZE = pages.SIZE, SHOWN
    try:
        found += _pace("thread page", _visits(reader, f"{thread.get_absolute_url()}?view=tree"), cpu)
    finally:
        pages.SIZE = size
    with override_settings(ROOT_URLCONF="discussions.bench_bare", MIDDLEWARE=bench_bare.MIDDLEWARE):
        found += _pace("bare Django view", _visits(reader, f"/django/{thread.pk}/{SHOWN}/"), cpu)
        found += _pace("bare SQL and strings", _visits(reader, f"/hand/{thread.pk}/{SHOWN}/"), cpu)
    for bare, most in (("bare Django view", AIM), ("bare SQL and strings", None)):
        found.append(Result(f"CPU of the page against {bare}", cpu["thread page"] / cpu[bare], "times", most))
    return found


def _visits(reader: User, address: str) -> Callable[[], object]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(reader)
    if client.get(address).status_code != 200:
        raise RuntimeError(f"{address} shows nothing.")
    return partial(client.get, address)


def _pace(what: str, visit: Callable[[], object], cpu: dict[str, float]) -> list[Result]:
    """Requests a second of one process, and its CPU for each; the median of rounds, so that a busy neighbour counts
    little."""
    rounds = []
    for _round in range(5):
        began, worked = time.perf_counter(), time.process_time()
        for _visit in range(20):
            visit()
        rounds.append((20 / (time.perf_counter() - began), (time.process_time() - worked) * 50))
    cpu[what] = statistics.median(spent for _pace, spent in rounds)
    pace = statistics.median(pace for pace, _spent in rounds)
    return [Result(what, pace, "requests a second"), Result(what, cpu[what], "ms CPU")]


@measure("a space of 50 threads of 1,000")
def space_page() -> list[Result]:
    writer, reader, space = _people()
    for number in range(1_000):
        threads.open_thread(by=writer, name=_name(writer), space=space, title=f"Gesprek {number}", text="Tekst.")
    client = Client(SERVER_NAME="localhost")
    client.force_login(reader)
    return [
        *_page(client, space.get_absolute_url(), "page of a space", most=8),
        *_page(client, "/discussions/", "list of spaces", most=8),
    ]


@measure("the archive of a mailing list, 10,000 mails (D15)")
def archive_brought_along() -> list[Result]:
    """Odd ones among them as in real archives. Memory is that of this process, with all it measured before."""
    _writer, _reader, space = _people()
    with TemporaryFile() as file:
        file.writelines(made_up.archive(MAILS))
        file.seek(0)
        began, worked = time.perf_counter(), time.process_time()
        _batch, report = imports.bring(
            files=[("lijst", cast(BinaryIO, file))], space=space, authors={}, now=timezone.now(), tell=_quietly
        )
    if report.new != MAILS:
        raise RuntimeError(f"{report.new} of {MAILS} mails arrived.")
    return [
        Result("brought along", time.perf_counter() - began, "seconds", 120),
        Result("of which the processor here", time.process_time() - worked, "seconds"),
        Result("most memory so far", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB"),
    ]


def _quietly(label: str, done: int, total: int) -> None:
    """Nobody looks on."""


def _page(client: Client, address: str, what: str, most: int = 10) -> list[Result]:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}.")
    return [
        Result(what, len(queries), "queries", most),
        Result(what, len(response.content) / 1000, "KB", 150),
        Result(what, milliseconds(partial(client.get, address)), "ms"),
    ]


def _replying(reader: User, thread: Thread) -> Callable[[], Post]:
    name, parent = _name(reader), Post.objects.of(thread).in_time()[500]
    return lambda: posts.reply(by=reader, name=name, thread=thread, text="Ja.", parent=parent)


def _people() -> tuple[User, User, Space]:
    """A coordinator who writes, a member who reads, and a space."""
    cache.clear()
    number = next(_numbers)
    people = []
    for called, role in (("schrijver", "coordinator"), ("lezer", "member")):
        user = members.create(email=f"{called}-{number}@bench.invalid", role=role)
        names.create(by=user, holder=user, display_name=f"Bench {called} {number}", is_first=True)
        people.append(user)
    writer, reader = people
    return writer, reader, spaces.open_space(by=writer, slug=f"bench-{number}", name=f"Bench {number}")


def _name(user: User) -> Name:
    return Name.objects.held_by(user)[0]


def _thread(writer: User, space: Space, count: int) -> Thread:
    name = _name(writer)
    thread = threads.open_thread(by=writer, name=name, space=space, title=f"Gesprek van {count}", text=PARAGRAPH)
    bulk.fill(thread, [name], count - 1, at=timezone.now(), text=PARAGRAPH)
    return thread
