"""Two people at the same moment, in two real transactions."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from discussions.actions import reports, threads
from discussions.models import Decision, Post, Report, Space, Thread
from discussions.models.decision import Act, Grounds
from tests.cast import first_name
from tests.discussions.conftest import opening_of, reply

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Runs the acts side by side, each with a connection of its own."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_replies_at_once_get_numbers_and_places_of_their_own(anna: User, bram: User, thread: Thread) -> None:
    """D16. A stable order: none is lost, none shares a place."""
    opening = opening_of(thread)
    at_once(*(lambda user=user: reply(user, thread, "Tegelijk.", parent=opening) for user in (anna, bram) * 3))
    thread.refresh_from_db()
    assert (thread.last_number, thread.post_count) == (7, 7)
    by_tree = list(Post.objects.of(thread).in_tree().values_list("number", flat=True))
    assert by_tree == list(Post.objects.of(thread).in_time().values_list("number", flat=True)) == list(range(1, 8))


def test_a_form_sent_twice_at_once_gives_one_post_and_one_thread(bram: User, thread: Thread, space: Space) -> None:
    """R1."""
    key = uuid.uuid4()
    first, second = at_once(*[lambda: reply(bram, thread, "Eens.", form_key=key)] * 2)
    assert first == second

    def opened() -> Thread:
        words = {"title": "Eens", "text": "Tekst.", "form_key": other}
        return threads.open_thread(by=bram, name=first_name(bram), space=space, **words)

    other = uuid.uuid4()
    one, two = at_once(opened, opened)
    assert one == two and Thread.objects.filter(title="Eens").count() == 1


def test_of_two_coordinators_at_once_one_decides_and_the_other_is_told_so(
    bram: User, cas: User, coordinator: User, administrator: User, thread: Thread
) -> None:
    """D13. One decision, one act, and no report that is closed twice."""
    post = reply(bram, thread, "Schelden.")
    reports.report(by=cas, post=post, grounds=Grounds.ATTACK)

    def judge(by: User, act: Act) -> object:
        try:
            return reports.decide(by=by, post=post, act=act, grounds=Grounds.ATTACK, reason="Huisregel 1.")
        except ValidationError as refusal:
            return refusal

    found = at_once(lambda: judge(coordinator, Act.REMOVE_POST), lambda: judge(administrator, Act.DISMISS))
    (decision,) = [answer for answer in found if isinstance(answer, Decision)]
    (refusal,) = [answer for answer in found if isinstance(answer, ValidationError)]
    assert refusal.code == "decided" and Decision.objects.get() == decision
    assert Report.objects.get().decision == decision
    post.refresh_from_db()
    assert (post.deleted_at is None) is (decision.act == Act.DISMISS)
