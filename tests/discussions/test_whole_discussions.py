"""What coordinators do with a whole discussion is decided as about a post: with a reason that its opener reads,
against which they appeal to another coordinator, and with a line in the log (D13)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Circle, User
from discussions.actions import appeals, posts, purging, threads, tidying
from discussions.models import Appeal, Decision, Post, Space, Thread
from discussions.models.appeal import Outcome
from discussions.models.decision import Act
from notifications.models import Notice
from tests.cast import client_of, make_member
from tests.discussions.conftest import open_thread, reply

WHY = "Zo blijft het te vinden."


@pytest.fixture
def other(db: None) -> User:
    """The other coordinator."""
    return make_member("Eva", role="coordinator")


@pytest.fixture
def second_space(db: None) -> Space:
    return Space.objects.create(slug="onderzoek", name="Onderzoek", audience="members", language="nl")


def do(act: str, by: User, thread: Thread, space: Space) -> None:
    """As the page does it."""
    fields = {"grounds": "tidy", "reason": WHY, "title": "Een andere naam", "space": space.pk}
    answer = client_of(by).post(f"/discussions/threads/{thread.pk}/{act}/", fields)
    assert answer.status_code == 302, answer.content.decode()


def is_as_before(thread: Thread, space: Space, title: str) -> bool:
    now = Thread.objects.get(pk=thread.pk)
    return (now.is_locked, now.removed_at, now.title, now.space) == (False, None, title, space)


ACTS = ["lock", "remove", "rename", "move"]


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_decided_about_a_discussion_without_a_reason(
    coordinator: User, thread: Thread, second_space: Space, act: str
) -> None:
    """D13. By page and by action; what was filled in stays."""
    title, space = thread.title, thread.space
    fields = {"reason": "  ", "grounds": "tidy", "title": "Een andere naam", "space": second_space.pk}
    page = client_of(coordinator).post(f"/discussions/threads/{thread.pk}/{act}/", fields)
    assert page.status_code == 200 and "de schrijver leest" in page.content.decode()
    more = {"rename": {"title": "Anders"}, "move": {"space": second_space}}.get(act, {})
    with pytest.raises(ValidationError):
        getattr(threads, act)(by=coordinator, thread=thread, reason=" ", **more)
    assert is_as_before(thread, space, title) and not Decision.objects.exists()


def test_putting_on_top_needs_no_reason_and_is_told_to_nobody(coordinator: User, thread: Thread) -> None:
    """D13."""
    do_it = client_of(coordinator).post(f"/discussions/threads/{thread.pk}/pin/", {"reason": ""})
    assert do_it.status_code == 302 and Thread.objects.get(pk=thread.pk).is_pinned
    assert not Notice.objects.exists()
    assert "<tbody>" not in client_of(coordinator).get("/discussions/log/").content.decode()


@pytest.mark.parametrize("act", ACTS)
def test_who_opened_it_reads_why_appeals_and_another_coordinator_takes_it_back(
    anna: User, cas: User, coordinator: User, other: User, thread: Thread, second_space: Space, act: str
) -> None:
    """D13. All through the pages: told without a name, a line in the log, an appeal that the one who decided doesn't
    settle, and then all is as before."""
    title, space = thread.title, thread.space
    reply(cas, thread, "Een antwoord.")
    do(act, coordinator, thread, second_space)
    decision = Decision.objects.get()
    client = client_of(anna)
    told = client.get("/notifications/").content.decode()
    assert "Je gesprek" in told and f"/discussions/decisions/{decision.pk}/" in told and "Dora" not in told
    page = client.get(f"/discussions/decisions/{decision.pk}/").content.decode()
    assert WHY in page and "Dora" not in page and "Maak bezwaar" in page
    assert f"/discussions/decisions/{decision.pk}/" in client.get("/discussions/reports/mine/").content.decode()
    for stranger in (cas, coordinator):
        assert client_of(stranger).get(f"/discussions/decisions/{decision.pk}/").status_code == 404
    log = client_of(cas).get("/discussions/log/").content.decode()
    line = log[log.index("<tbody>") : log.index("</tbody>")]
    assert "een gesprek" in line and space.name in line
    assert not [word for word in (title, WHY, "Dora", "Anna", "Een andere naam") if word in line]
    assert client.post(f"/discussions/decisions/{decision.pk}/", {"words": "Het stond goed."}).status_code == 302
    plea = Appeal.objects.get()
    queue = client_of(coordinator).get("/discussions/reports/").content.decode()
    assert f"/discussions/appeals/{plea.pk}/" not in queue and "jij besloot dit" in queue
    assert client_of(coordinator).get(f"/discussions/appeals/{plea.pk}/").status_code == 404
    eva = client_of(other)
    assert f"/discussions/appeals/{plea.pk}/" in eva.get("/discussions/reports/").content.decode()
    case = eva.get(f"/discussions/appeals/{plea.pk}/").content.decode()
    assert "Het stond goed." in case and ("Een antwoord." in case) is (act == "remove")
    answer = eva.post(f"/discussions/appeals/{plea.pk}/", {"outcome": "reversed", "reason": "Klopt."})
    assert answer.status_code == 302 and is_as_before(thread, space, title)
    assert "Klopt." in client.get(f"/discussions/decisions/{decision.pk}/").content.decode()
    assert client_of(cas).get(thread.get_absolute_url(), follow=True).status_code == 200


def test_opening_again_and_putting_back_have_their_reason_and_are_told(
    anna: User, cas: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13. Who decided may put it back too; a member finds neither the list nor the door."""
    threads.lock(by=coordinator, thread=thread, reason=WHY)
    with pytest.raises(ValidationError):
        threads.unlock(by=other, thread=thread, reason="")
    threads.unlock(by=other, thread=thread, reason="Toch niet klaar.")
    threads.remove(by=coordinator, thread=thread, reason=WHY)
    assert client_of(cas).get("/discussions/removed/").status_code == 404
    assert client_of(cas).get(f"/discussions/threads/{thread.pk}/restore/").status_code == 404
    dora = client_of(coordinator)
    assert thread.title in dora.get("/discussions/removed/").content.decode()
    door = f"/discussions/threads/{thread.pk}/restore/"
    assert dora.post(door, {"reason": " "}).status_code == 200
    assert dora.post(door, {"reason": "Vergissing."}).status_code == 302
    assert client_of(cas).get(thread.get_absolute_url()).status_code == 200
    assert thread.title not in dora.get("/discussions/removed/").content.decode()
    assert dora.get(door).status_code == 404
    acts = Notice.objects.filter(recipient=anna).values_list("decision__act", flat=True)
    assert sorted(acts) == ["lock", "remove", "restore", "unlock"]


def test_a_removal_that_was_upheld_or_appealed_is_not_put_back_by_one_coordinator(
    anna: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13."""
    threads.remove(by=coordinator, thread=thread, reason=WHY)
    plea = appeals.appeal(by=anna, decision=Decision.objects.get(), words="Niet terecht.")
    for _ in range(2):
        with pytest.raises(ValidationError):
            threads.restore(by=coordinator, thread=thread, reason="Toch.")
        if not Appeal.objects.get().outcome:
            appeals.settle(by=other, appeal=plea, outcome=Outcome.UPHELD, answer="Het blijft zo.")
    assert Thread.objects.get(pk=thread.pk).removed_at is not None


def test_a_coordinator_decides_nothing_over_another_one_about_their_own_discussion(
    coordinator: User, other: User, anna: User, space: Space, second_space: Space
) -> None:
    """D13. Under whichever name; their own they put in order, and withdraw as long as nobody else wrote in it."""
    own = open_thread(coordinator, space, "Van Dora", "Tekst.")
    veiled = threads.open_thread(by=coordinator, space=space, title="Vraag", text="Wie weet dit?", anonymously=True)
    for thread in (own, veiled):
        threads.rename(by=coordinator, thread=thread, title="Beter")
        threads.lock(by=coordinator, thread=thread, reason="Beantwoord.")
        threads.unlock(by=coordinator, thread=thread, reason="Toch niet.")
        answered = reply(anna, thread, "Van Anna.")
        with pytest.raises(PermissionDenied):
            threads.remove(by=coordinator, thread=thread, reason="Weg ermee.")
        posts.delete(by=anna, post=answered)
        assert not Decision.objects.about_words_of(coordinator).filter(thread=thread).exists()
        threads.lock(by=other, thread=thread, reason=WHY)
        undoings: list[Callable[[], Thread]] = [
            lambda thread=thread: threads.unlock(by=coordinator, thread=thread, reason="Nee."),
            lambda thread=thread: threads.rename(by=coordinator, thread=thread, title="Anders", reason="Nee."),
            lambda thread=thread: threads.move(by=coordinator, thread=thread, space=second_space, reason="Nee."),
            lambda thread=thread: threads.remove(by=coordinator, thread=thread, reason="Nee."),
        ]
        for undo in undoings:
            with pytest.raises(PermissionDenied):
                undo()
        plea = appeals.appeal(by=coordinator, decision=Decision.objects.get(by=other, thread=thread), words="Nee.")
        with pytest.raises(PermissionDenied):
            appeals.settle(by=coordinator, appeal=plea, outcome=Outcome.REVERSED, answer="Ja.")
        assert plea not in Appeal.objects.of_others(coordinator)
    page = client_of(coordinator).post(f"/discussions/threads/{own.pk}/unlock/", {"reason": "Nee."})
    assert page.status_code == 200 and "een andere coördinator besloot" in page.content.decode()
    alone = open_thread(coordinator, space, "Alleen van Dora", "Tekst.")
    threads.remove(by=coordinator, thread=alone, reason="Bij nader inzien.")
    threads.restore(by=coordinator, thread=alone, reason="Toch maar.")
    threads.remove(by=other, thread=alone, reason=WHY)
    with pytest.raises(PermissionDenied):
        threads.restore(by=coordinator, thread=alone, reason="Toch.")


def test_who_asked_as_a_member_is_told_appeals_and_stays_unknown(
    bram: User, cas: User, coordinator: User, other: User, space: Space
) -> None:
    """D12, D13."""
    veiled = threads.open_thread(by=bram, space=space, title="Vraag", text="Wie weet dit?", anonymously=True)
    threads.remove(by=coordinator, thread=veiled, reason=WHY)
    decision = Decision.objects.get()
    assert client_of(bram).get(f"/discussions/decisions/{decision.pk}/").status_code == 200
    appeals.appeal(by=bram, decision=decision, words="Het is een gewone vraag.")
    for page in ("reports/", f"appeals/{Appeal.objects.get().pk}/", "removed/", "log/"):
        assert "Bram" not in client_of(other).get(f"/discussions/{page}").content.decode()


def test_a_move_into_a_circle_tells_no_title_or_space_to_who_is_not_in_it(
    anna: User, cas: User, coordinator: User, other: User, kerngroep: Circle, space: Space, circle_space: Space
) -> None:
    """D8, D13. Nor to who opened it: what it is called there later isn't theirs. Back it comes only as long as nothing
    was written there for fewer people."""
    thread = open_thread(cas, space, "Kanarietitel", "Tekst.", at=timezone.now() - timedelta(days=1))
    for user in (coordinator, other):
        kerngroep.memberships.create(user=user)
    threads.move(by=coordinator, thread=thread, space=circle_space, reason=WHY)
    moved = Decision.objects.get()
    threads.rename(by=coordinator, thread=thread, title="Kringkanarie", reason=WHY)
    renamed = Decision.objects.get(act=Act.RENAME)
    client = client_of(cas)
    for path in ("/notifications/", f"/discussions/decisions/{moved.pk}/", f"/discussions/decisions/{renamed.pk}/"):
        said = client.get(path).content.decode()
        assert not [word for word in ("Kringkanarie", "Kernruimte", "Kanarietitel") if word in said], path
    assert space.name in client.get("/discussions/log/").content.decode()
    plea = appeals.appeal(by=cas, decision=moved, words="Ik wil het terug.")
    inside = reply(anna, thread, "Onder ons.")
    with pytest.raises(ValidationError):
        appeals.settle(by=other, appeal=plea, outcome=Outcome.REVERSED, answer="Ja.")
    assert not Post.objects.visible_to(cas).filter(pk=inside.pk).exists()
    tidying.split(by=other, thread=thread, posts=[inside.pk], title="Onder ons", reason="Bijeen.")
    appeals.settle(by=other, appeal=plea, outcome=Outcome.REVERSED, answer="Ja.")
    assert Thread.objects.visible_to(cas).filter(pk=thread.pk).exists()


def test_the_old_title_is_for_who_opened_it_and_goes_with_the_appeal(
    anna: User, cas: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D8, D7, D13."""
    old, at = thread.title, timezone.now()
    threads.rename(by=coordinator, thread=thread, title="Nieuwe naam", reason=WHY, at=at)
    decision = Decision.objects.get()
    assert old in client_of(anna).get(f"/discussions/decisions/{decision.pk}/").content.decode()
    for path in ("log/", f"t/{thread.pk}/x/", "reports/", ""):
        assert old not in client_of(other).get(f"/discussions/{path}", follow=True).content.decode()
    purging.purge(now=at + timedelta(days=29))
    assert Decision.objects.get().title_before == old
    plea = appeals.appeal(by=anna, decision=decision, words="Zo heette het.", at=at + timedelta(days=30))
    purging.purge(now=at + timedelta(days=40))
    assert Decision.objects.get().title_before == old
    appeals.settle(by=other, appeal=plea, outcome=Outcome.UPHELD, answer="Nee.", at=at + timedelta(days=41))
    purging.purge(now=at + timedelta(days=41))
    assert Decision.objects.get().title_before == ""


def test_decisions_of_what_was_merged_moved_or_removed_stay_in_the_log(
    anna: User, bram: User, cas: User, coordinator: User, kerngroep: Circle, space: Space, circle_space: Space
) -> None:
    """D13, D8. In the log of the space where they were taken; whoever isn't in the circle learns nothing of it."""
    kerngroep.memberships.create(user=coordinator)
    one, into = open_thread(anna, space, "Een", "Tekst."), open_thread(anna, space, "Twee", "Tekst.")
    posts.delete(by=coordinator, post=reply(bram, one), reason=WHY)
    threads.lock(by=coordinator, thread=one, reason=WHY)
    before = list(Decision.objects.visible_to(cas).in_log().values_list("pk", flat=True))
    assert len(before) == 2
    tidying.merge(by=coordinator, thread=one, into=into, reason="Bijeen.")
    after = list(Decision.objects.visible_to(cas).in_log().values_list("pk", flat=True))
    assert set(before) <= set(after) and len(after) == len(before) + 1
    before = after
    threads.move(by=coordinator, thread=into, space=circle_space, reason=WHY)
    assert Decision.objects.visible_to(cas).in_log().count() == len(before) + 1
    threads.lock(by=coordinator, thread=into, reason=WHY)
    assert Decision.objects.visible_to(cas).in_log().count() == len(before) + 1
    log = client_of(cas).get("/discussions/log/").content.decode()
    assert log.count("<tr>") == len(before) + 2 and "Kernruimte" not in log


def test_the_list_of_removed_discussions_costs_the_same_at_n_and_at_4_n(
    anna: User, coordinator: User, space: Space
) -> None:
    """D13, D17."""
    client = client_of(coordinator)
    counts = []
    for more in (3, 9):
        for number in range(more):
            gone = open_thread(anna, space, f"Weg {more} {number}", "Tekst.")
            threads.remove(by=coordinator, thread=gone, reason=WHY)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/discussions/removed/").content.decode().count("<h2>") >= more
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
