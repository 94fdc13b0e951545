"""Undoing a split or a merge: every table says again what it said before (D8)."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import circles
from accounts.models import User
from discussions import bulk
from discussions.actions import answers, drafts, polls, posts, reactions, reading, spaces, threads, tidying, undoing
from discussions.models import Decision, Draft, Post, Reading, Space, Thread, ThreadAlias, Tidying
from discussions.models.decision import Act
from discussions.models.draft import Kind as DraftKind
from discussions.models.draft import Place
from discussions.models.thread import Kind
from notifications.actions import watches
from notifications.levels import AS_SPACE
from notifications.models import Watch
from search.actions.rebuilding import rebuild
from tests.cast import client_of, first_name, make_member
from tests.discussions.conftest import open_thread, opening_of, reply
from tests.discussions.test_tidying import shape
from tests.discussions.test_unread import unread_of

pytestmark = pytest.mark.django_db
# What stays different, and why: that it was done and undone is noted, and told to whoever it is about; numbers were
# given anew, so that a page that was shown meanwhile marks nothing; when somebody read last is nowhere used.
BESIDES = {"discussions.Decision", "discussions.Tidying"} | {
    f"notifications.{name}" for name in ("Notice", "Note", "MailKey")
}
BESIDES_FIELDS = {"discussions.Thread": {"arranged"}, "discussions.Reading": {"id", "read_at"}}
# Rows that are thrown away and written again have another key; no address and no other row names it.
OF_NO_NAME = {"discussions.Reading", "discussions.TaggedThread", "notifications.Watch", "search.Entry"}


def rows() -> dict[str, list[str]]:
    """Everything in every table of the house, but for what stays different."""
    found = {}
    for app in settings.STOREYS:
        for model in apps.get_app_config(app).get_models():
            label = model._meta.label
            if label in BESIDES or not model._meta.managed:
                continue
            left_out = BESIDES_FIELDS.get(label, set()) | ({"id"} if label in OF_NO_NAME else set())
            names = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
            found[label] = sorted(repr(plain(row)) for row in model._base_manager.values_list(*names))
    return found


def plain(row: tuple[Any, ...]) -> list[Any]:
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


def differing(before: dict[str, list[str]]) -> dict[str, Any]:
    now = rows()
    return {label: (before[label], now[label]) for label in before if before[label] != now[label]}


@pytest.fixture
def world(
    anna: User, bram: User, cas: User, coordinator: User, space: Space, request: pytest.FixtureRequest
) -> tuple[Thread, Thread]:
    """Two discussions in which everything happened that can; the first of as many posts as the test asks for."""
    count = request.param
    chance = random.Random(count)
    one = open_thread(anna, space, "Een", "1", topics=["zorg", "hiv"], kind=Kind.QUESTION)
    two = open_thread(bram, space, "Twee", "2", topics=["HIV", "recht"], kind=Kind.QUESTION)
    names = [first_name(user) for user in (anna, bram, cas)]
    moment = timezone.now() - timedelta(days=9)
    for thread, size in ((one, count), (two, count // 3)):
        bulk.fill(thread, names, size - 1, at=moment, shape=lambda n: chance.randrange(n))
        for user in (anna, bram, cas):
            some = [number for number in range(1, size + 1) if chance.random() < 0.6]
            reading.mark_read(by=user, thread=thread, numbers=some)
        there = list(Post.objects.filter(thread=thread, number__gt=1).select_related("thread"))
        for post in chance.sample(there, 2):
            reactions.toggle(by=anna, name=first_name(anna), post=post, kind="thanks")
            drafts.keep(by=cas, place=Place(DraftKind.REPLY, post.pk), text="Half", filled={})
        answers.choose(by=coordinator, post=chance.choice(there))
        gone = chance.choice(there)
        posts.delete(by=gone.author.holder, post=gone)
        threads.set_stand(by=bram, name=first_name(bram), thread=thread, text="Eerst.")
        threads.set_stand(by=bram, name=first_name(bram), thread=thread, text="Daarna.")
        polls.open_poll(
            by=bram, name=first_name(bram), thread=thread, question="Wat?", options=["a", "b"],
            closes_at=timezone.now() + timedelta(days=2),
        )  # fmt: skip
        drafts.keep(by=bram, place=Place(DraftKind.STAND, thread.pk), text="Samen", filled={})
        reply(cas, thread, "Onlangs.")
    drafts.keep(by=anna, place=Place(DraftKind.STAND, two.pk), text="Alleen hier", filled={})
    for here, there in (
        ("muted", "watching"), ("following", "watching"), ("normal", "muted"), (None, "muted"), (None, "watching"),
        ("watching", None), (AS_SPACE, "following"), ("following", AS_SPACE), (AS_SPACE, None), (None, AS_SPACE),
    ):  # fmt: skip
        member = make_member(f"Volger {here or 'kort'} {there or 'kort'} {here == AS_SPACE}")
        for level, thread in ((here, one), (there, two)):
            if level is not None:
                Watch.objects.create(user=member, thread=thread, level=level)
    Thread.objects.filter(pk=two.pk).update(is_pinned=True, mail_detail="discreet")
    rebuild()
    return one, two


def last() -> Tidying:
    return Tidying.objects.latest("pk")


@pytest.mark.parametrize("world", [10, 1000], indirect=True)
def test_after_a_merge_that_was_undone_every_table_is_as_it_was(
    coordinator: User, world: tuple[Thread, Thread]
) -> None:
    """D8. At 10 and at 1,000 posts: places, numbers, unread, watches, digests, drafts, polls, topics, title, index."""
    one, two = world
    before = rows()
    tidying.merge(by=coordinator, thread=two, into=one, reason="Bijeen.")
    assert {"discussions.Thread", "discussions.Post", "discussions.Reading", "notifications.Watch"} <= set(
        differing(before)
    )
    assert undoing.undo(by=coordinator, tidying=last()).pk == two.pk
    assert differing(before) == {}


@pytest.mark.parametrize("world", [10, 1000], indirect=True)
def test_after_a_split_that_was_undone_every_table_is_as_it_was(
    coordinator: User, world: tuple[Thread, Thread]
) -> None:
    """D8. But for what makes addresses of meanwhile arrive: a thread without title and posts, and its alias."""
    one, _two = world
    client = client_of(coordinator)
    before = rows()
    some = list(Post.objects.filter(thread=one, number__gt=1, deleted_at=None).values_list("pk", flat=True))
    answer = Thread.objects.get(pk=one.pk).answer_id
    chosen = {*random.Random(7).sample(some, len(some) // 3), answer}
    new = tidying.split(by=coordinator, thread=one, posts=chosen, title="Een eigen titel", reason="Bijeen.")
    assert undoing.undo(by=coordinator, tidying=last()) == one
    husk = Thread.objects.get(pk=new.pk)
    assert (husk.title, husk.last_number, husk.removed_at is None) == ("", 0, False)
    assert client.get(new.get_absolute_url()).url == f"/discussions/posts/{min_number(chosen)}/"
    ThreadAlias.objects.filter(thread=new).delete()
    Thread.objects.filter(pk=new.pk).delete()
    assert differing(before) == {}


def min_number(chosen: set[int]) -> int:
    return Post.objects.filter(pk__in=chosen).order_by("number").values_list("pk", flat=True)[0]


@pytest.mark.parametrize("world", [12], indirect=True)
def test_one_after_the_other_goes_back_in_the_other_order(coordinator: User, world: tuple[Thread, Thread]) -> None:
    """D8. What was done last goes back first; before that the earlier one is refused, in words."""
    one, two = world
    before = rows()
    tidying.merge(by=coordinator, thread=two, into=one, reason="Bijeen.")
    first = last()
    moved = Post.objects.filter(thread=one, deleted_at=None, number__gt=5).values_list("pk", flat=True)
    new = tidying.split(by=coordinator, thread=one, posts=list(moved), title="Los", reason="Bijeen.")
    with pytest.raises(ValidationError, match="berichten ergens anders"):
        undoing.undo(by=coordinator, tidying=first)
    undoing.undo(by=coordinator, tidying=last())
    undoing.undo(by=coordinator, tidying=first)
    ThreadAlias.objects.filter(thread=new).delete()
    Thread.objects.filter(pk=new.pk).delete()
    assert differing(before) == {}


def test_what_was_written_since_a_split_stays_under_what_it_answers(
    coordinator: User, cas: User, anna: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D5, D8. With the numbers after those of before; who had read what still has."""
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    talk["c"].refresh_from_db()
    reply(anna, new, "g", parent=talk["c"])
    reply(anna, thread, "h")
    reading.mark_read(by=cas, thread=new, numbers=[1, 5])  # b, g
    undoing.undo(by=coordinator, tidying=last())
    assert shape(thread) == [
        ("Wie heeft ervaring?", 1, 0), ("a", 2, 1), ("b", 3, 2), ("c", 4, 3), ("d", 5, 4), ("g", 8, 4), ("f", 7, 3),
        ("e", 6, 1), ("h", 9, 1),
    ]  # fmt: skip
    thread.refresh_from_db()
    assert (thread.last_number, thread.post_count, unread_of(cas, thread)) == (9, 9, 7)


def test_what_was_written_since_a_merge_goes_with_what_it_answers(
    coordinator: User, anna: User, cas: User, space: Space
) -> None:
    """D8. A reply to a reply as well."""
    one, two = open_thread(anna, space, "Een", "1"), open_thread(anna, space, "Twee", "2")
    opening = opening_of(two)
    tidying.merge(by=coordinator, thread=two, into=one, reason="Bijeen.")
    opening.refresh_from_db()
    under = reply(cas, one, "bij 2", parent=opening)
    reply(anna, one, "daaronder", parent=under)
    reply(cas, one, "bij 1")
    watches.watch(by=cas, thing=one, level="watching")
    stands = undoing.undo(by=coordinator, tidying=last())
    assert (stands.pk, stands.title) == (two.pk, "Twee")
    assert shape(two) == [("2", 1, 0), ("bij 2", 2, 1), ("daaronder", 3, 2)]
    assert shape(one) == [("1", 1, 0), ("bij 1", 2, 1)]
    assert Watch.objects.get(user=cas, thread=one).level == "watching"  # chosen since
    reply(cas, two, "verder")
    assert client_of(cas).get(two.get_absolute_url()).status_code == 200


def test_the_button_stands_for_a_day_and_for_coordinators_alone(
    coordinator: User, anna: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D8. On both pages; without script; afterwards nothing is kept."""
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    address = f"/discussions/tidyings/{last().pk}/undo/"
    client = client_of(coordinator)
    for one in (thread, new):
        assert address in client.get(one.get_absolute_url()).text
        assert address not in client_of(anna).get(one.get_absolute_url()).text
    assert client.get(address).status_code == 405
    assert client_of(anna).post(address).status_code == 404
    assert client_of(None).post(address).url.startswith("/accounts/login/")
    done = client.post(address, follow=True)
    assert done.context["thread"] == thread and "Alles staat weer zoals het was." in done.text
    assert address not in done.text and last().kept == {}
    assert Decision.objects.filter(act=Act.UNDO).count() == 2  # about the discussion, and about what Bram wrote
    again = client.post(address, follow=True)
    assert again.status_code == 200 and "Dit is al ongedaan gemaakt." in again.text
    undoing.let_go(now=timezone.now() + timedelta(hours=23))
    assert Tidying.objects.exists()
    undoing.let_go(now=timezone.now() + timedelta(hours=25))
    assert not Tidying.objects.exists()


def test_after_a_day_it_is_refused_and_not_offered(coordinator: User, thread: Thread, talk: dict[str, Post]) -> None:
    """D8."""
    long_ago = timezone.now() - timedelta(hours=25)
    tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", at=long_ago, reason="Bijeen.")
    assert "/undo/" not in client_of(coordinator).get(thread.get_absolute_url()).text
    answer = client_of(coordinator).post(f"/discussions/tidyings/{last().pk}/undo/", follow=True)
    assert "een dag" in answer.text and Post.objects.get(pk=talk["b"].pk).thread != thread


Case = Callable[[], object]


@pytest.mark.parametrize("what", ["opening deleted", "removed", "merged in", "moved to a circle", "no coordinator"])
def test_what_would_not_be_exact_or_safe_is_refused_in_words(
    coordinator: User,
    anna: User,
    kerngroep,
    space: Space,
    circle_space: Space,
    thread: Thread,
    talk: dict[str, Post],
    what: str,
) -> None:
    """D1, D8. And nothing of it is half done."""
    circles.add(by=None, circle=kerngroep, user=coordinator)
    other = open_thread(anna, space, "Een andere", "Twee.")
    opening = opening_of(other)
    if what == "removed":
        new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
        threads.remove(by=coordinator, thread=new, reason="Zo.")
    else:
        tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    row, by = last(), coordinator
    if what == "opening deleted":
        posts.delete(by=anna, post=Post.objects.select_related("thread").get(pk=opening.pk))
    elif what == "merged in":
        older = open_thread(anna, space, "Ouder", "x", at=timezone.now() - timedelta(days=2))
        tidying.merge(by=coordinator, thread=older, into=thread, reason="Bijeen.")
    elif what == "moved to a circle":
        threads.move(by=coordinator, thread=thread, space=circle_space, reason="Zo.")
        reply(anna, thread, "Onder ons.")
    elif what == "no coordinator":
        by = anna
    before = rows()
    with pytest.raises((ValidationError, PermissionDenied)) as refusal:
        undoing.undo(by=by, tidying=row)
    assert differing(before) == {} and str(refusal.value)


def test_nothing_comes_back_from_a_circle(
    coordinator: User, anna: User, kerngroep, thread: Thread, circle_space: Space, talk: dict[str, Post]
) -> None:
    """D1, D8. What went to fewer eyes is not offered: what is of a circle stays there, with all that is said there."""
    circles.add(by=None, circle=kerngroep, user=coordinator)
    into = open_thread(anna, circle_space, "Onder ons", "x")
    tidying.split(
        by=coordinator, thread=thread, trees=[talk["b"].pk], title="Los", space=circle_space, reason="Bijeen."
    )
    tidying.merge(by=coordinator, thread=thread, into=into, reason="Bijeen.")
    assert not Tidying.objects.exists()


def test_a_title_that_a_merge_took_away_is_shown_nowhere_while_it_is_kept(
    coordinator: User, anna: User, thread: Thread, space: Space
) -> None:
    """D8."""
    other = open_thread(anna, space, "Kanarielied", "Twee.")
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    assert last().kept["title"] == "Kanarielied"
    for who in (coordinator, anna):
        for address in (thread.get_absolute_url(), "/discussions/", "/discussions/zorg/", "/search/?q=kanarielied"):
            page = client_of(who).get(address).text.replace('value="kanarielied"', "")
            assert "anarielied</" not in page and f"/t/{other.pk}/" not in page, address


def test_undoing_costs_the_same_however_long_the_discussion_is(coordinator: User, anna: User, space: Space) -> None:
    """D16, D17. At N, 4 N and 10,000 posts; the page of a coordinator pays one query for the button."""
    costs = []
    for count in (50, 200, 10_000):
        thread = open_thread(anna, space, f"Gesprek van {count}", "Opening")
        bulk.fill(thread, [first_name(anna)], count - 1, at=timezone.now() - timedelta(hours=1))
        third = Post.objects.get(thread=thread, number=3)
        new = tidying.split(by=coordinator, thread=thread, trees=[third.pk], title="Los", reason="Bijeen.")
        with CaptureQueriesContext(connection) as queries:
            undoing.undo(by=coordinator, tidying=last())
        costs.append(len(queries))
        new = tidying.split(by=coordinator, thread=thread, trees=[third.pk], title="Los", reason="Bijeen.")
        tidying.merge(by=coordinator, thread=new, into=thread, reason="Bijeen.")
        with CaptureQueriesContext(connection) as queries:
            undoing.undo(by=coordinator, tidying=last())
        costs.append(len(queries))
    assert costs[:2] == costs[2:4] == costs[4:] and max(costs) <= 60, costs


def test_a_page_that_was_shown_meanwhile_marks_nothing(
    coordinator: User, cas: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D5. Its numbers are those of the split; rather unread than wrongly read."""
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    shown = Thread.objects.get(pk=thread.pk)
    undoing.undo(by=coordinator, tidying=last())
    assert reading.mark_read(by=cas, thread=shown, numbers=[2]) is False
    assert not Reading.objects.filter(user=cas).exists() and Draft.objects.count() == 0 and new.pk


def test_two_that_undo_at_once_undo_once(coordinator: User, thread: Thread, talk: dict[str, Post]) -> None:
    """D8."""
    tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    stale = last()
    undoing.undo(by=coordinator, tidying=stale)
    with pytest.raises(ValidationError, match="al ongedaan"):
        undoing.undo(by=coordinator, tidying=stale)


def test_another_coordinator_of_both_spaces_may_undo_it(
    coordinator: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D8. Who did it may be away; who isn't in the space may not."""
    helper = make_member("Hulp", role="coordinator")
    other = spaces.open_space(by=coordinator, slug="werk", name="Werk")
    tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", space=other, reason="Bijeen.")
    assert undoing.undo(by=helper, tidying=last()) == thread
