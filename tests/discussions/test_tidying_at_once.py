"""Somebody writes or reads at the moment of a split or merge, in real transactions of their own."""

from functools import partial

import pytest

from accounts.models import User
from discussions.actions import reading, tidying
from discussions.models import Post, Reading, Space, Thread
from tests.discussions.conftest import open_thread, opening_of, reply
from tests.discussions.test_at_once import at_once
from tests.discussions.test_unread import unread_of

pytestmark = pytest.mark.django_db(transaction=True)


def is_whole(thread: Thread) -> None:
    """Numbers dense, counters true, nobody answers across."""
    thread.refresh_from_db()
    rows = list(Post.objects.of(thread).in_time().select_related("parent"))
    assert [post.number for post in rows] == list(range(1, thread.last_number + 1))
    assert thread.post_count == len(rows)
    assert all(post.parent is None or post.parent.thread_id == thread.pk for post in rows)


def test_replies_during_a_split_are_all_there(anna: User, bram: User, coordinator: User, thread: Thread) -> None:
    """D8, D16. Each stands under what it answers, wherever that stands by now."""
    for round_ in range(3):
        base = reply(bram, thread, f"basis {round_}")
        under = reply(bram, thread, "onder", parent=base)
        splitting = partial(
            tidying.split, by=coordinator, thread=thread, trees=[base.pk], title="Los", reason="Bijeen."
        )
        acts = [partial(reply, anna, thread, f"r{round_}", parent=(base, under)[n % 2]) for n in range(4)]
        new, *made = at_once(splitting, *acts)
        for one in (thread, new):
            is_whole(one)
        for post in made:
            post.refresh_from_db()
            assert post.thread == new and post.parent_id in (base.pk, under.pk)
        assert Post.objects.filter(plain=f"r{round_}").count() == 4


def test_replies_during_a_merge_are_all_there(
    anna: User, bram: User, coordinator: User, thread: Thread, space: Space
) -> None:
    """D8, D16."""
    other = open_thread(anna, space, "Een andere", "Twee.")
    opening = opening_of(other)
    _merged, *made = at_once(
        lambda: tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen."),
        *[lambda: reply(bram, other, "naar de ander", parent=opening)] * 2,
        *[lambda: reply(bram, other, "zonder ouder")] * 2,
        *[lambda: reply(bram, thread, "hier")] * 2,
    )
    is_whole(thread)
    assert thread.post_count == 8
    assert {Post.objects.get(pk=post.pk).thread_id for post in made} == {thread.pk}


def test_two_coordinators_who_merge_each_into_the_other_do_not_wait_for_ever(
    anna: User, coordinator: User, thread: Thread, space: Space
) -> None:
    """D8. One is first; the other hears that it isn't there any more."""
    other = open_thread(anna, space, "Een andere", "Twee.")

    def merging(one: Thread, two: Thread) -> object:
        try:
            return tidying.merge(by=coordinator, thread=one, into=two, reason="Bijeen.")
        except Exception as refusal:
            return refusal

    found = at_once(lambda: merging(thread, other), lambda: merging(other, thread))
    assert sorted(type(one).__name__ for one in found) == ["PermissionDenied", "Thread"]
    assert Thread.objects.visible_to(anna).get().post_count == 2


def test_a_page_read_during_a_split_marks_no_other_post(
    anna: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D5, D8. Either what was read counts, or nothing does; never a post that was not shown."""
    for round_ in range(4):
        first, _second, third = (reply(anna, thread, f"{round_}-{n}") for n in range(3))
        Reading.objects.filter(user=cas).delete()
        shown = Thread.objects.get(pk=thread.pk)
        splitting = partial(
            tidying.split, by=coordinator, thread=thread, posts=[first.pk], title="Los", reason="Bijeen."
        )
        marking = partial(reading.mark_read, by=cas, thread=shown, numbers=[third.number])
        new, _marked = at_once(splitting, marking)
        third.refresh_from_db()
        read = Reading.objects.filter(user=cas, thread=thread).first()
        marked = {n for part in (read.read if read else ()) for n in range(part.lower, part.upper)}
        assert marked <= {third.number}
        assert unread_of(cas, new) == 1
