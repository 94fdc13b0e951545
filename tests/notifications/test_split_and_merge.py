"""What is followed, planned and told goes along when a coordinator splits or merges."""

from datetime import timedelta

import pytest

from discussions.actions import reading, tidying
from notifications import inbox
from notifications.models import Delivery, Event, Watch
from tests.cast import make_member
from tests.notifications.conftest import MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def levels(thread) -> dict[str, str]:
    return dict(Watch.objects.filter(thread=thread).values_list("user__email", "level"))


def test_the_digest_after_a_merge_tells_each_post_once(mail, anna, bram, cas, coordinator, space, thread) -> None:
    """D8, N8. Planned before, told after: where it stands now, under the title there."""
    other = open_thread(anna, space, "Kanarielied", "Begin.", is_history=True)
    follows(follows(wants(cas), thread), other)
    reply(bram, thread, "Eerste woord.")
    second = reply(bram, other, "Tweede woord.")
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    assert set(Event.objects.values_list("thread", flat=True)) == {thread.pk}
    sweep()
    (received,) = mail.to(cas.email)
    for said in (received.text, received.html):
        assert said.count("Eerste woord.") == said.count("Tweede woord.") == 1
        assert said.count(second.get_absolute_url()) == 1 and "Kanarielied" not in said
    sweep(MORNING + DAY)
    assert len(mail.to(cas.email)) == 1


def test_what_was_planned_and_told_stays_so_when_it_is_split(mail, anna, bram, cas, coordinator, thread) -> None:
    """D8, N8. A mail before it is not repeated; what waits is told once, in the new discussion."""
    follows(wants(cas), thread)
    told = reply(bram, thread, "Al verteld.")
    sweep()
    later = reply(bram, thread, "Nog niet verteld.", parent=told, at=MORNING + timedelta(hours=1))
    new = tidying.split(by=coordinator, thread=thread, trees=[told.pk], title="Een eigen gesprek", reason="Bijeen.")
    sweep(MORNING + DAY)
    first, second = mail.to(cas.email)
    assert "Al verteld." in first.text and "Al verteld." not in second.text
    assert second.text.count("Nog niet verteld.") == 1 and "Een eigen gesprek" in second.text
    assert set(Delivery.objects.values_list("event__thread", flat=True)) == {new.pk} and later.pk


def test_what_was_read_before_is_not_told_after(mail, anna, bram, cas, coordinator, space, thread) -> None:
    """D5, D8. The reading goes with the posts, and with it the inbox."""
    other = open_thread(anna, space, "Een andere", "Begin.", is_history=True)
    follows(follows(wants(cas), thread), other)
    read, unread = reply(bram, other, "Gelezen."), reply(bram, other, "Ongelezen.")
    reading.mark_read(by=cas, thread=other, numbers=[read.number])
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    sweep()
    (received,) = mail.to(cas.email)
    assert "Ongelezen." in received.text and "Gelezen." not in received.text
    found = inbox.inbox_of(cas, now=MORNING)
    assert [entry.url for group in found.followed for entry in group.entries] == [unread.get_absolute_url()]


def test_whoever_followed_follows_both_parts_of_a_split(quiet, anna, bram, cas, coordinator, thread) -> None:
    """D8, N1."""
    post = reply(bram, thread)
    follows(follows(anna, thread, "watching") and cas, thread, "muted")
    new = tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Los", reason="Bijeen.")
    expected = {anna.email: "watching", bram.email: "following", cas.email: "muted"}
    assert levels(thread) == levels(new) == expected


@pytest.mark.parametrize(
    ("here", "there", "after"),
    [
        ("muted", "watching", "muted"),
        ("following", "watching", "watching"),
        ("watching", "normal", "watching"),
        ("normal", "muted", "normal"),
        (None, "muted", "muted"),
        (None, "watching", "watching"),
        ("following", None, "following"),
        (None, None, None),
    ],
)
def test_how_closely_somebody_follows_after_a_merge(
    quiet, anna, cas, coordinator, space, thread, here: str | None, there: str | None, after: str | None
) -> None:
    """D8, N1. As docs/notifications.md says."""
    other = open_thread(anna, space, "Een andere", "Begin.", is_history=True)
    for level, thing in ((here, thread), (there, other)):
        if level:
            follows(cas, thing, level)
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    assert levels(thread).get(cas.email) == after and levels(other) == {}


def test_it_costs_the_same_however_many_follow(
    quiet, anna, bram, coordinator, space, thread, django_assert_max_num_queries
) -> None:
    """D8, N22."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    costs = []
    for count in (3, 12):
        other = open_thread(anna, space, "Een andere", "Begin.", is_history=True)
        for number in range(count):
            member = make_member(f"Lid {count} {number}")
            follows(follows(member, thread), other, ("watching", "muted", "normal")[number % 3])
            reply(bram, other, "Ja.")
        with CaptureQueriesContext(connection) as queries:
            tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
        costs.append(len(queries))
    assert costs[0] == costs[1] and costs[0] <= 40, costs
