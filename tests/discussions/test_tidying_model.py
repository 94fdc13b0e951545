"""Whatever is written, read, split and merged, in whatever order: a model on paper says the same as the database."""

from dataclasses import dataclass, field
from heapq import merge as in_turn

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from discussions import pages
from discussions.actions import posts, reading, tidying
from discussions.laying import lay_out
from discussions.models import Post, Space, Thread
from tests.discussions.conftest import open_thread, opening_of, reply

pytestmark = pytest.mark.django_db
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reply", "reply", "reply", "read", "read", "delete", "split", "split", "merge"]),
        st.integers(0, 999),
        st.sets(st.integers(0, 30), max_size=6),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class Paper:
    """Threads as lists of posts in time; of each reader what they read; of each post whom it answers."""

    threads: dict[int, list[int]] = field(default_factory=dict)
    read: dict[int, set[int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    answers: dict[int, int | None] = field(default_factory=dict)
    born: list[int] = field(default_factory=list)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_unread_is_exact_whatever_is_done(
    anna: User, bram: User, cas: User, coordinator: User, space: Space, steps: list
) -> None:
    """D5, D8. Each member's unread, post by post; the tree; the numbers."""
    with transaction.atomic():
        paper = Paper(read={bram.pk: set(), cas.pk: set()})
        for title in ("een", "twee"):
            born(paper, opening_of(open_thread(anna, space, title, title)))
        for what, which, some in steps:
            act(paper, what, which, some, (anna, bram, cas, coordinator))
            agree(paper, (bram, cas))
        transaction.set_rollback(True)


def born(paper: Paper, post: Post) -> None:
    paper.threads.setdefault(post.thread_id, []).append(post.pk)
    paper.answers[post.pk] = post.parent_id
    paper.born.append(post.pk)


def act(paper: Paper, what: str, which: int, some: set[int], people: tuple[User, ...]) -> None:
    anna, bram, cas, coordinator = people
    key = sorted(paper.threads)[which % len(paper.threads)]
    thread, there = Thread.objects.get(pk=key), paper.threads[key]
    if what == "reply":
        parent = there[which % len(there)]
        if parent not in paper.gone:
            born(paper, reply(anna, thread, f"{which}", parent=Post.objects.get(pk=parent)))
    elif what == "read":
        reader = (bram, cas)[which % 2]
        wanted = {there[number % len(there)] for number in some}
        numbers = [there.index(pk) + 1 for pk in wanted]
        reading.mark_read(by=reader, thread=thread, numbers=numbers)
        paper.read[reader.pk] |= wanted
    elif what == "delete":
        post = there[which % len(there)]
        posts.delete(by=anna, post=Post.objects.select_related("thread").get(pk=post))
        paper.gone.add(post)
    elif what == "split":
        split(paper, key, thread, {there[number % len(there)] for number in some} - {there[0]}, coordinator)
    elif what == "merge" and len(paper.threads) > 1:
        other = next(pk for pk in sorted(paper.threads, reverse=True) if pk != key)
        tidying.merge(by=coordinator, thread=Thread.objects.get(pk=other), into=thread, reason="Bijeen.")
        here, came = there[1:], paper.threads.pop(other)
        paper.answers[came[0]] = there[0]
        paper.threads[key] = [there[0], *in_turn(here, came, key=paper.born.index)]


def split(paper: Paper, key: int, thread: Thread, went: set[int], coordinator: User) -> None:
    there = paper.threads[key]
    order = [pk for pk in there if pk in went]
    if not order or order[0] in paper.gone:
        return
    new = tidying.split(by=coordinator, thread=thread, posts=went, title="Los", reason="Bijeen.")
    paper.threads[key], paper.threads[new.pk] = [pk for pk in there if pk not in went], order
    old = dict(paper.answers)
    for side in (paper.threads[key], order):
        for pk in side:
            above = old[pk]
            while above is not None and above not in side:
                above = old[above]
            paper.answers[pk] = None if pk == side[0] else above or side[0]


def agree(paper: Paper, readers: tuple[User, ...]) -> None:
    for key, there in paper.threads.items():
        rows = list(Post.objects.of(Thread(pk=key)).in_time())
        assert [post.pk for post in rows] == there
        assert [post.number for post in rows] == list(range(1, len(there) + 1))
        assert {post.pk: post.parent_id for post in rows} == {pk: paper.answers[pk] for pk in there}
        laid = {place.pk: place for place in lay_out((pk, paper.answers[pk]) for pk in there)}
        assert sorted(there, key=lambda pk: laid[pk].path) == [p.pk for p in Post.objects.of(Thread(pk=key)).in_tree()]
        assert all(post.depth == laid[post.pk].depth for post in rows)
        for reader in readers:
            thread = Thread.objects.visible_to(reader).with_unread(reader).get(pk=key)
            unread = {pk for pk in there if pk not in paper.read[reader.pk] and pk not in paper.gone}
            assert thread.unread == len(unread) and thread.post_count == len(set(there) - paper.gone)
            assert {post.pk for post in pages.unread_of(Post.objects.visible_to(reader), thread)} == unread
