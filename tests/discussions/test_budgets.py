"""Pages and actions cost the same, however much there is."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from discussions import bulk, questions
from discussions.actions import posts, threads
from discussions.models import Post, Space, Thread
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread

THREAD_PAGE, SPACE_PAGE, REPLY = 10, 8, 15


def filled(user: User, space: Space, count: int, title: str) -> Thread:
    thread = open_thread(user, space, title, "Opening met @bram.", topics=["een", "twee"])
    threads.set_stand(by=user, name=first_name(user), thread=thread, text="Waar we **staan**, met @anna.")
    names = [first_name(user)]
    bulk.fill(thread, names, count - 1, at=timezone.now(), text="Een **antwoord** aan @bram, @anna en @cas.")
    return thread


@pytest.mark.parametrize("view", ["tree", "time", "new"])
def test_a_thread_page_costs_the_same_at_n_and_at_4_n(
    anna: User, bram: User, cas: User, space: Space, view: str
) -> None:
    """D17. All that is new to the reader included."""
    client = client_of(bram)
    costs = []
    for count in (250, 1000):
        thread = filled(anna, space, count, f"Gesprek van {count}")
        client.get(thread.get_absolute_url() + f"?view={view}&page=2")  # keeps the chosen reading in the session
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(thread.get_absolute_url() + f"?view={view}&page=3")
        assert page.content.decode().count('class="post"') == 50
        costs.append(len(queries))
    assert costs[0] == costs[1] and costs[0] <= THREAD_PAGE, costs


def test_a_page_of_fifty_posts_is_light(anna: User, bram: User, space: Space) -> None:
    """D17. Under 150 KB."""
    thread = open_thread(anna, space, "Lang", "Opening.")
    text = "Een gewone alinea van een paar zinnen, zoals mensen schrijven. " * 12
    bulk.fill(thread, [first_name(anna), first_name(bram)], 120, at=timezone.now(), text=text)
    page = client_of(bram).get(thread.get_absolute_url() + "?page=2")
    assert len(page.content) < 150_000


def test_a_space_costs_the_same_at_n_and_at_4_n_threads(anna: User, bram: User, space: Space) -> None:
    """D17."""
    client = client_of(bram)
    costs = []
    for total in (15, 60):
        for number in range(total - Thread.objects.count()):
            open_thread(anna, space, f"Gesprek {total}-{number}", "Tekst.", topics=["een", "twee"])
        for address in ("/discussions/zorg/", "/discussions/zorg/?unread=1", "/discussions/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            costs.append(len(queries))
    assert costs[:3] == costs[3:] and max(costs) <= SPACE_PAGE, costs


def test_a_reply_costs_the_same_in_a_short_and_in_a_long_thread(anna: User, bram: User, space: Space) -> None:
    """D16, D17."""
    costs = []
    for count in (1, 4000):
        thread = filled(anna, space, count, f"Gesprek van {count}")
        parent = Post.objects.of(thread).in_time().last()
        words = {"name": first_name(bram), "text": "Ja, @anna.", "form_key": uuid.uuid4()}
        with CaptureQueriesContext(connection) as queries:
            posts.reply(by=bram, thread=thread, parent=parent, **words)
        # A savepoint is the transaction of an action within another one; the outer one of a request is no query.
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries))
    assert costs[0] == costs[1] and costs[0] <= REPLY, costs


@pytest.mark.parametrize("order", ["in_tree", "in_time"])
def test_the_hot_query_reads_its_page_from_an_index(anna: User, bram: User, space: Space, order: str) -> None:
    """D17. No sort of a whole thread, no walk through the table."""
    for title in ("een", "twee", "drie"):
        filled(anna, space, 3000, title)
    thread = Thread.objects.get(title="drie")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE discussions_post")
    with CaptureQueriesContext(connection) as queries:
        if order == "in_tree":
            questions.posts_in_tree(bram, 0, 50, thread=thread.pk)
        else:
            questions.posts_in_time(bram, thread=thread.pk, first=2001, beyond=2051)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {queries[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor)
    name = "one_post_per_place" if order == "in_tree" else "one_post_per_number"
    assert name in plan and "Seq Scan on discussions_post" not in plan, plan
    assert order == "in_time" or "Sort" not in plan, plan
