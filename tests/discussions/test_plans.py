"""What the hot pages and actions ask of PostgreSQL is answered through an index, in a network of some size (D17).

Each statement that a page or action really sends is explained; none may walk through a table that grows with the
network. Where a walk is meant, it says so.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from discussions import bulk
from discussions.actions import posts, spaces, tidying
from discussions.models import Post, Reaction, Reading, Space, Thread
from discussions.models.reading import numbers
from notifications.models import Watch
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread

pytestmark = pytest.mark.django_db
GROWING = {
    "discussions_post",
    "discussions_thread",
    "discussions_reading",
    "discussions_reaction",
    "notifications_watch",
}


@pytest.fixture
def network(anna: User, bram: User, coordinator: User, space: Space) -> Thread:
    """Twenty spaces, 2,000 threads, 50,000 posts, 400 members who read twenty threads and follow eight."""
    name, now = first_name(anna), timezone.now()
    others = [spaces.open_space(by=coordinator, slug=f"s{n}", name=f"Ruimte {n}") for n in range(19)]
    made = Thread.objects.bulk_create(
        Thread(space=[space, *others][n % 20], title=f"Gesprek {n}", author=name, last_number=1, post_count=1)
        for n in range(2000)
    )
    Post.objects.bulk_create(
        (Post(thread=thread, author=name, number=1, path=b"", source="x", html="x", plain="x") for thread in made),
        batch_size=2000,
    )
    for title in ("een", "twee"):
        thread = open_thread(anna, space, title, "Opening.")
        bulk.fill(thread, [name, first_name(bram)], 2999, at=now)
    crowd = User.objects.bulk_create(User(email=f"lezer-{n}@cast.invalid") for n in range(400))
    Reading.objects.bulk_create(
        (Reading(user=user, thread=made[(7 * n + k) % len(made)], read=numbers([1])) for n, user in enumerate(crowd)
         for k in range(20)),
        batch_size=4000,
    )  # fmt: skip
    crowded = Post.objects.filter(thread=thread).values_list("pk", flat=True)
    Reaction.objects.bulk_create(
        Reaction(post_id=pk, name=name, kind=kind) for pk in crowded for kind in ("agree", "add")
    )
    Watch.objects.bulk_create(
        Watch(user=user, thread=made[(7 * n + k) % len(made)], level="following")
        for n, user in enumerate(crowd) for k in range(8)
    )  # fmt: skip
    columns = [field.column for field in Post._meta.concrete_fields if not field.primary_key]
    other = {"number": "number + 3000 * n", "path": "decode('fe', 'hex') || int4send(n) || path", "form_key": "NULL"}
    chosen = [other.get(column, column) for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(  # more of the same, so that the planner meets what it will meet
            f"INSERT INTO discussions_post ({', '.join(columns)}) SELECT {', '.join(chosen)} FROM discussions_post, "
            "generate_series(1, 14) AS n WHERE thread_id <> %s AND number > 1",
            [thread.pk],
        )
        cursor.execute("ANALYZE")
    return thread


def walks(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] in ("Seq Scan", "Parallel Seq Scan"):
        yield plan["Relation Name"]
    for below in plan.get("Plans", []):
        yield from walks(below)


def explained(sql: str, how: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({how}) " + sql.replace("%", "%%"), [])
        answer = cursor.fetchone()[0]
    return dict((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])


def walked(act: Callable[[], object]) -> set[tuple[str, str]]:
    """Of every statement that `act` sends: growing tables it would walk through, and how the statement begins."""
    with CaptureQueriesContext(connection) as queries:
        act()
    found = set()
    for query in queries.captured_queries:
        sql = query["sql"]
        if re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b", sql):
            found |= {(table, sql[:160]) for table in walks(explained(sql, "FORMAT JSON")) if table in GROWING}
    return found


PAGES = [
    "{thread}?view=tree&page=20",
    "{thread}?view=time&page=20",
    "{thread}?view=new",
    "/discussions/threads/{pk}/first-new/",
    "/discussions/zorg/",
    "/discussions/zorg/?page=3",
    "/discussions/posts/{post}/",
    "/discussions/threads/{pk}/reply/?post={post}",
]


def test_no_page_walks_through_a_table(network: Thread, bram: User) -> None:
    """D17. A thread in its three readings, the way to what is new, a space, a post, the form of a reply."""
    post = Post.objects.get(thread=network, number=1500)
    client, found = client_of(bram), {}
    for page in PAGES:
        path = page.format(thread=network.get_absolute_url(), pk=network.pk, post=post.pk)
        client.get(path)
        found[page] = walked(partial(client.get, path))
    assert not any(found.values()), found


def test_no_action_walks_through_a_table(network: Thread, bram: User, coordinator: User) -> None:
    """D8, D16, D17. A reply in a long thread; a split and a merge of a small one in a large network."""
    parent = Post.objects.get(thread=network, number=1500)
    words = {"name": first_name(bram), "text": "Ja, @anna[^1].\n\n[^1]: Noot"}
    assert walked(lambda: posts.reply(by=bram, thread=network, parent=parent, **words)) == set()
    small = Thread.objects.exclude(last_number__gt=1).earliest("pk")
    bulk.fill(small, [small.author], 40, at=timezone.now())
    root = Post.objects.get(thread=small, number=3)

    def tidy() -> None:
        new = tidying.split(by=coordinator, thread=small, trees=[root.pk], title="Los", reason="Bijeen.")
        tidying.merge(by=coordinator, thread=new, into=small, reason="Bijeen.")

    assert walked(tidy) == set()


def test_counting_what_is_unread_walks_through_no_table(network: Thread, bram: User, space: Space) -> None:
    """D5, D17. Of one thread, and of a page of them. A question that no index answers is seen: the proof can fail."""
    threads = Thread.objects.visible_to(bram).with_unread(bram)
    assert walked(lambda: threads.get(pk=network.pk)) == set()
    assert walked(lambda: list(threads.in_space(space).newest_first()[:50])) == set()
    assert {table for table, _sql in walked(lambda: list(Post.objects.filter(source="geen")))} == {"discussions_post"}


def rows_read(plan: dict[str, Any]) -> int:
    """How many rows the nodes of a plan that really ran gave and threw away."""
    mine = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Join Filter", 0)
    return round(mine * plan["Actual Loops"]) + sum(map(rows_read, plan.get("Plans", [])))


def read_by(act: Callable[[], object]) -> dict[str, int]:
    """Rows read for each SELECT that `act` sends, by how it begins."""
    with CaptureQueriesContext(connection) as queries:
        act()
    found: dict[str, int] = {}
    for query in queries.captured_queries:
        if (sql := query["sql"]).startswith("SELECT"):
            found[sql[:60]] = found.get(sql[:60], 0) + rows_read(explained(sql, "ANALYZE, FORMAT JSON"))
    return found


def test_a_long_thread_has_no_more_read_for_its_page(network: Thread, anna: User, cas: User, space: Space) -> None:
    """D17. Of its 3,000 posts no more rows than of 300: by somebody who wrote in neither. An index alone doesn't say
    so: one may lead through all posts of a thread. Such a question is seen: the proof can fail."""
    short = open_thread(anna, space, "drie", "Opening.")
    bulk.fill(short, [first_name(anna)], 299, at=timezone.now())
    posts_of = Post.objects.filter(thread=short).values_list("pk", flat=True)
    Reaction.objects.bulk_create(
        Reaction(post_id=pk, name=first_name(anna), kind=kind) for pk in posts_of for kind in ("agree", "add")
    )
    client, read = client_of(cas), []
    for thread in (short, network):
        path = f"{thread.get_absolute_url()}?view=tree&page=2"
        client.get(path)
        read.append(read_by(partial(client.get, path)))
    few, many = read
    assert few.keys() == many.keys()
    assert {sql: (few[sql], many[sql]) for sql in few if many[sql] > few[sql] + 100} == {}
    through_all = read_by(lambda: list(Post.objects.filter(thread=network, source="geen")))
    assert sum(through_all.values()) >= 3000
