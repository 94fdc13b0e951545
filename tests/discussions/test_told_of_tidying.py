"""Whose posts a coordinator takes to another discussion is told, once, with the reason and the way to appeal; and
whoever opened a discussion that is closed because of somebody's post is told of that (D13)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Circle, User
from discussions import bulk
from discussions.actions import appeals, posts, reports, threads, tidying, undoing
from discussions.models import Appeal, Decision, Post, Space, Thread, Tidying
from discussions.models.appeal import Outcome
from discussions.models.decision import Act, Grounds
from experts.actions import names
from notifications.models import Note, Notice
from tests.cast import client_of, first_name, make_member
from tests.discussions.conftest import open_thread, opening_of, reply

WHY = "Gaat over iets anders."
pytestmark = pytest.mark.django_db


@pytest.fixture
def other(db: None) -> User:
    """The other coordinator."""
    return make_member("Eva", role="coordinator")


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("decision__act", flat=True))


def inbox(user: User) -> str:
    page = client_of(user).get("/notifications/").text
    return page[page.index("<main") : page.index("</main")]


def of(user: User) -> Decision:
    return Notice.objects.filter(recipient=user).latest("pk").decision


def test_who_wrote_what_was_split_off_and_who_opened_it_are_told_once_with_the_reason(
    anna: User, bram: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D13. However many posts of theirs went; nobody whose posts all stayed, nor who did it; no name anywhere."""
    for number in range(3):
        moved = [reply(bram, thread, f"Bericht {number}"), reply(coordinator, thread, f"Van Dora {number}")]
    reply(cas, thread, "Blijft hier.")
    chosen = Post.objects.filter(thread=thread, number__gt=1).exclude(author=first_name(cas))
    assert set(moved) < set(chosen)
    keys = list(chosen.values_list("pk", flat=True))
    tidying.split(by=coordinator, thread=thread, posts=keys, title="Over iets anders", reason=WHY)
    assert (told(bram), told(anna), told(cas), told(coordinator)) == (["split"], ["split"], [], [])
    assert "Over iets anders" in inbox(bram)
    for user, says in ((bram, "Wat je schreef staat nu in een ander gesprek"), (anna, "Een deel van je gesprek")):
        assert says in inbox(user) and WHY in inbox(user) and "Dora" not in inbox(user)
        page = client_of(user).get(f"/discussions/decisions/{of(user).pk}/").text
        assert WHY in page and "Maak bezwaar" in page and "Dora" not in page
        assert Note.objects.filter(recipient=user).count() == 1
        assert f"/discussions/decisions/{of(user).pk}/" in client_of(user).get("/discussions/reports/mine/").text
    assert client_of(cas).get(f"/discussions/decisions/{of(bram).pk}/").status_code == 404
    log = client_of(cas).get("/discussions/log/").text
    assert log.count("<tr>") == 2 and "een gesprek gesplitst" in log and WHY not in log


def test_of_two_joined_discussions_both_openers_and_who_wrote_what_went_are_told(
    anna: User, bram: User, cas: User, coordinator: User, thread: Thread, space: Space
) -> None:
    """D13."""
    gone = open_thread(bram, space, "Nog eens hetzelfde", "Vraag")
    reply(cas, gone, "Antwoord")
    tidying.merge(by=coordinator, thread=gone, into=thread, reason=WHY)
    assert told(anna) == told(bram) == told(cas) == ["merge"]
    assert "Een ander gesprek is met dat van jou samengevoegd" in inbox(anna)
    for user in (bram, cas):
        assert "Het gesprek waarin je schreef is samengevoegd" in inbox(user) and WHY in inbox(user)


def test_nothing_is_split_or_joined_without_a_reason(
    coordinator: User, anna: User, thread: Thread, space: Space
) -> None:
    """D13. By page and by action; what was filled in stays."""
    post, gone = reply(anna, thread, "a"), open_thread(anna, space, "Een andere", "x")
    client = client_of(coordinator)
    form = {"post": [post.pk], "title": "Ingevulde titel", "space": space.pk, "reason": " "}
    page = client.post(f"/discussions/threads/{thread.pk}/split/", form).text
    assert "Schrijf waarom" in page and "Ingevulde titel" in page
    page = client.post(f"/discussions/threads/{gone.pk}/merge/?into={thread.pk}", {"reason": ""}).text
    assert "Schrijf waarom" in page
    with pytest.raises(ValidationError):
        tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Los", reason=" ")
    with pytest.raises(ValidationError):
        tidying.merge(by=coordinator, thread=gone, into=thread, reason="")
    assert Thread.objects.filter(removed_at=None).count() == 2 and not Decision.objects.exists()


def test_who_may_not_see_where_it_went_reads_that_it_went_and_not_where(
    anna: User, cas: User, coordinator: User, kerngroep: Circle, thread: Thread, circle_space: Space
) -> None:
    """D8, D13. Neither the title nor the space, in the inbox, on the page of the decision, or in the list."""
    kerngroep.memberships.create(user=coordinator)
    post = reply(cas, thread, "Van Cas.")
    tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Kanarietitel", space=circle_space, reason=WHY)
    assert told(cas) == ["split"] and WHY in inbox(cas)
    client = client_of(cas)
    for path in ("/notifications/", f"/discussions/decisions/{of(cas).pk}/", "/discussions/reports/mine/"):
        said = client.get(path).text
        assert "Kanarietitel" not in said and "Kernruimte" not in said, path
    page = client.get(f"/discussions/decisions/{of(cas).pk}/").text
    assert "een ruimte die jij niet ziet" in page


def test_one_person_under_two_names_is_told_once_and_two_decisions_say_nothing_of_that(
    anna: User, bram: User, coordinator: User, space: Space
) -> None:
    """D12, D13, P7. As many decisions as names, whoever is behind them; one notice for each person."""
    veiled = threads.open_thread(by=bram, space=space, title="Vraag", text="Wie weet dit?", anonymously=True)
    second = names.create(by=bram, holder=bram, display_name="Berend", audience="members")
    for name in (second, first_name(bram)):
        posts.reply(by=bram, name=name, thread=veiled, text="Ik.")
    reply(anna, veiled, "Anna.")
    keys = list(Post.objects.filter(thread=veiled, number__gt=1).values_list("pk", flat=True))
    tidying.split(by=coordinator, thread=veiled, posts=keys, title="Los", reason=WHY)
    assert Decision.objects.filter(act=Act.SPLIT).count() == 4
    assert told(bram) == ["split"] == told(anna)
    assert "Een deel van je gesprek" in inbox(bram) and "Bram" not in inbox(coordinator)


def test_what_is_undone_is_told_too(anna: User, bram: User, coordinator: User, thread: Thread, space: Space) -> None:
    """D8, D13. As of a closed discussion that is opened again; one mail a day says that something waits."""
    post = reply(bram, thread, "Van Bram.")
    tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Los", reason=WHY)
    undoing.undo(by=coordinator, tidying=Tidying.objects.get())
    assert told(anna) == told(bram) == ["split", "undo"]
    assert "Wat je schreef staat weer waar het stond" in inbox(bram)
    assert "zoals het was voor het splitsen" in inbox(anna) and thread.title in inbox(bram)
    gone = open_thread(bram, space, "Nog eens", "Vraag")
    tidying.merge(by=coordinator, thread=gone, into=thread, reason=WHY)
    undoing.undo(by=coordinator, tidying=Tidying.objects.latest("pk"))
    assert told(anna) == told(bram) == ["split", "undo", "merge", "undo"]
    assert set(Note.objects.values_list("recipient").distinct()) == {(anna.pk,), (bram.pk,)}
    assert Note.objects.count() == 2
    page = client_of(bram).get(f"/discussions/decisions/{of(bram).pk}/").text
    assert "Maak bezwaar" not in page


def test_an_appeal_that_is_won_puts_it_back_within_the_day(
    anna: User, bram: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13. By another coordinator than who did it; each appeals for themselves."""
    post = reply(bram, thread, "Van Bram.")
    new = tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Los", reason=WHY)
    mine, hers = of(bram), of(anna)
    assert client_of(bram).post(f"/discussions/decisions/{mine.pk}/", {"words": "Het hoort erbij."}).status_code == 302
    assert client_of(anna).post(f"/discussions/decisions/{hers.pk}/", {"words": "Vind ik ook."}).status_code == 302
    plea, second = Appeal.objects.get(decision=mine), Appeal.objects.get(decision=hers)
    assert client_of(coordinator).get(f"/discussions/appeals/{plea.pk}/").status_code == 404
    client = client_of(other)
    assert "Van Bram." in client.get(f"/discussions/appeals/{plea.pk}/").text
    for one in (plea, second):  # the second finds it done
        done = client.post(f"/discussions/appeals/{one.pk}/", {"outcome": "reversed", "reason": "Klopt."})
        assert done.status_code == 302
    post.refresh_from_db()
    assert post.thread == thread and Thread.objects.get(pk=new.pk).removed_at is not None
    assert Tidying.objects.get().undone_at is not None and "Er is gekeken naar je bezwaar" in inbox(bram)


def test_after_the_day_it_is_put_back_by_hand_before_an_appeal_is_won(
    bram: User, coordinator: User, other: User, thread: Thread, space: Space
) -> None:
    """D13. Said in words; then it can be."""
    at = timezone.now() - timedelta(days=3)
    post, gone = reply(bram, thread, "Van Bram."), open_thread(bram, space, "Nog eens", "Vraag")
    tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Los", reason=WHY, at=at)
    split = of(bram)
    opening = opening_of(gone)
    tidying.merge(by=coordinator, thread=gone, into=thread, reason=WHY, at=at)
    merged = of(bram)
    for decision in (split, merged):
        plea = appeals.appeal(by=bram, decision=decision, words="Nee.")
        with pytest.raises(ValidationError, match="Zet de berichten eerst terug"):
            appeals.settle(by=other, appeal=plea, outcome=Outcome.REVERSED, answer="Klopt.")
        if decision == split:
            tidying.merge(by=other, thread=split.other, into=thread, reason="Na bezwaar.")
        else:
            tidying.split(by=other, thread=thread, trees=[opening.pk], title="Nog eens", reason="Na bezwaar.")
        appeals.settle(by=other, appeal=plea, outcome=Outcome.REVERSED, answer="Klopt.")
    assert Appeal.objects.filter(outcome=Outcome.REVERSED).count() == 2


def test_telling_costs_the_same_at_n_and_at_4_n_posts_and_people(anna: User, coordinator: User, space: Space) -> None:
    """D13, D17, N22. For a split, a merge and both their undoings."""
    costs = []
    for count in (5, 20):
        thread = open_thread(anna, space, f"Gesprek van {count}", "Opening")
        authors = [first_name(make_member(f"Lid {count} {number}")) for number in range(count)]
        bulk.fill(thread, authors, count * 4, at=timezone.now() - timedelta(hours=1))
        keys = list(Post.objects.filter(thread=thread, number__gt=1).values_list("pk", flat=True))
        acts = [
            lambda thread=thread, keys=keys: tidying.split(
                by=coordinator, thread=thread, posts=keys, title="Los", reason=WHY
            ),
            lambda: undoing.undo(by=coordinator, tidying=Tidying.objects.latest("pk")),
        ]
        twin = open_thread(anna, space, f"Nog een van {count}", "Opening")
        acts.append(
            lambda thread=thread, twin=twin: tidying.merge(by=coordinator, thread=thread, into=twin, reason=WHY)
        )
        acts.append(acts[1])
        for act in acts:
            before = Notice.objects.count()
            with CaptureQueriesContext(connection) as queries:
                act()
            costs.append(len(queries))
            assert Notice.objects.count() - before == count + 1
    assert costs[:4] == costs[4:] and max(costs) <= 55, costs


def test_the_page_of_a_decision_and_the_inbox_cost_the_same_however_many_were_told(
    anna: User, bram: User, coordinator: User, space: Space
) -> None:
    """D17."""
    costs = []
    for count in (3, 12):
        for number in range(count):
            thread = open_thread(anna, space, f"Gesprek {count} {number}", "Opening")
            post = reply(bram, thread, "Van Bram.")
            tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Los", reason=WHY)
        client = client_of(bram)
        for path in ("/discussions/reports/mine/", "/discussions/log/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            costs.append(len(queries))
    assert costs[:2] == costs[2:], costs


def test_who_opened_a_discussion_that_is_closed_for_somebodys_post_is_told_and_may_appeal(
    anna: User, bram: User, cas: User, coordinator: User, other: User, thread: Thread
) -> None:
    """D13. The author of the post as before; the opener with the same reason; neither who reported nor who decided."""
    post = reply(bram, thread, "Een reactie.")
    reports.report(by=cas, post=post, grounds=Grounds.ATTACK)
    reports.decide(by=coordinator, post=post, act=Act.LOCK, grounds=Grounds.ATTACK, reason=WHY)
    assert told(bram) == ["lock"] == told(anna)
    assert "Je gesprek is gesloten" in inbox(anna) and WHY in inbox(anna)
    assert not [name for name in ("Cas", "Dora") if name in inbox(anna)]
    plea = appeals.appeal(by=anna, decision=of(anna), words="Het loopt weer goed.")
    appeals.settle(by=other, appeal=plea, outcome=Outcome.REVERSED, answer="Klopt.")
    thread.refresh_from_db()
    assert not thread.is_locked


def test_who_wrote_the_post_that_closed_their_own_discussion_is_told_once(
    anna: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D13. And nobody is told that what is closed already was closed."""
    for post in (opening_of(thread), reply(anna, thread, "Nog iets.")):
        reports.report(by=cas, post=post, grounds=Grounds.ATTACK)
        reports.decide(by=coordinator, post=post, act=Act.LOCK, grounds=Grounds.ATTACK, reason=WHY)
    assert Decision.objects.filter(post=None).count() == 0 and told(anna) == ["lock", "lock"]


def test_a_decision_about_a_post_is_found_behind_its_stub_after_it_was_split_off(
    bram: User, coordinator: User, thread: Thread
) -> None:
    """D13. Not that it was taken elsewhere."""
    post = reply(bram, thread, "Van Bram.")
    tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Los", reason=WHY)
    posts.delete(by=coordinator, post=Post.objects.get(pk=post.pk), reason="Verborgen.")
    hidden = Decision.objects.get(act=Act.REMOVE_POST)
    answer = client_of(bram).get(f"/discussions/posts/{post.pk}/decision/")
    assert answer.url == f"/discussions/decisions/{hidden.pk}/"
