"""Unread is exact, per post, and cheap."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from discussions import pages
from discussions.actions import posts, reading
from discussions.models import Post, Reading, Space, Thread
from discussions.models.reading import gaps, numbers
from tests.discussions.conftest import open_thread, reply


def unread_of(user: User, thread: Thread) -> int:
    return Thread.objects.visible_to(user).with_unread(user).get(pk=thread.pk).unread


def test_what_is_read_is_exactly_what_was_marked(anna: User, bram: User, thread: Thread) -> None:
    """D5."""
    for number in range(9):
        reply(anna, thread, f"{number}")
    assert (unread_of(anna, thread), unread_of(bram, thread)) == (0, 10)
    reading.mark_read(by=bram, thread=thread, numbers=[2, 3, 7])
    reading.mark_read(by=bram, thread=thread, numbers=[3, 4])
    assert unread_of(bram, thread) == 6
    ranges = Reading.objects.get(user=bram, thread=thread).read
    assert [(part.lower, part.upper) for part in ranges] == [(2, 5), (7, 8)]


def test_a_deleted_post_is_not_new_and_a_restored_one_is(anna: User, bram: User, thread: Thread) -> None:
    """D5, D7."""
    post = reply(anna, thread)
    posts.delete(by=anna, post=post)
    assert unread_of(bram, thread) == 1
    posts.restore(by=anna, post=post)
    assert unread_of(bram, thread) == 2
    reading.mark_all_read(by=bram, thread=thread)
    posts.delete(by=anna, post=post)
    assert unread_of(bram, thread) == 0


@given(read=st.sets(st.integers(1, 12)), last=st.integers(0, 12))
def test_gaps_are_what_is_not_read(read: set[int], last: int) -> None:
    found = [number for low, high in gaps(numbers(read), last) for number in range(low, high)]
    assert found == [number for number in range(1, last + 1) if number not in read]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(read=st.sets(st.integers(1, 12)), deleted=st.sets(st.integers(2, 12), max_size=4))
def test_the_count_agrees_with_counting(bram: User, long_thread: Thread, read: set[int], deleted: set[int]) -> None:
    """D5. Whatever was read and deleted, in the database as by hand."""
    Reading.objects.filter(user=bram).delete()
    Post.objects.of(long_thread).update(deleted_at=None)
    Post.objects.of(long_thread).filter(number__in=deleted).update(
        deleted_at="2026-01-01T00:00Z", source="", html="", plain=""
    )
    reading.mark_read(by=bram, thread=long_thread, numbers=read)
    assert unread_of(bram, long_thread) == len(set(range(1, 13)) - read - deleted)
    thread = Thread.objects.visible_to(bram).with_unread(bram).get(pk=long_thread.pk)
    new = {post.number for post in pages.unread_of(Post.objects.visible_to(bram), thread)}
    assert new == set(range(1, 13)) - read - deleted


@pytest.fixture
def long_thread(anna: User, thread: Thread) -> Thread:
    for number in range(11):
        reply(anna, thread, f"{number}")
    return thread


def test_the_first_new_post_is_found_in_both_orders(
    anna: User, bram: User, cas: User, thread: Thread, django_assert_num_queries
) -> None:
    """D5. By time the earliest, in the tree the highest."""
    early = reply(anna, thread, "Vroeg.")
    late = reply(anna, thread, "Laat.")
    reading.mark_all_read(by=bram, thread=thread)
    beside = reply(cas, thread, "Onderaan.", parent=late)
    above = reply(cas, thread, "Hoger in de boom, later geschreven.", parent=early)
    fresh = Thread.objects.visible_to(bram).with_unread(bram).get(pk=thread.pk)
    visible = Post.objects.visible_to(bram)
    with django_assert_num_queries(2):
        assert pages.first_new(visible, fresh, pages.Reading.TIME) == beside
        assert pages.first_new(visible, fresh, pages.Reading.TREE) == above


def test_spaces_count_what_is_new_in_them(anna: User, bram: User, cas: User, space: Space, thread: Thread) -> None:
    """D5."""
    other = open_thread(anna, space, "Nog een", "Tekst.")
    reply(anna, other)
    reading.mark_read(by=bram, thread=other, numbers=[1])
    tally = Thread.objects.visible_to(bram).tally_by_space(bram)
    assert tally == {space.pk: {"threads": 2, "unread": 2}}
    assert Thread.objects.visible_to(anna).tally_by_space(anna)[space.pk]["unread"] == 0


def test_what_one_reads_is_nobody_elses_affair(anna: User, bram: User, thread: Thread) -> None:
    assert [row.user for row in Reading.objects.visible_to(anna)] == [anna]
    assert not Reading.objects.visible_to(bram).exists()


def test_marking_twice_announces_once(bram: User, thread: Thread) -> None:
    """D5. What hears it counts on that."""
    from discussions.signals import thread_read

    heard = []

    def hear(sender, numbers, **said):
        heard.append(numbers)

    thread_read.connect(hear)
    assert reading.mark_read(by=bram, thread=thread, numbers=[1]) is True
    assert reading.mark_read(by=bram, thread=thread, numbers=[1]) is False
    thread_read.disconnect(hear)
    assert heard == [[1]]
