"""The pages on which a coordinator splits, joins and moves: what is ticked, what they say first, who gets them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import circles
from accounts.models import User
from discussions import bulk
from discussions.actions import spaces, tidying
from discussions.models import Decision, Post, Space, Thread
from discussions.models.post import BEGINNING
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply
from tests.discussions.test_tidying import shape

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(coordinator: User) -> Client:
    return client_of(coordinator)


def test_ticked_posts_go_after_a_look(client: Client, thread: Thread, talk: dict[str, Post]) -> None:
    """D8. First it says what will happen, and nothing does; then it does, with reason and title."""
    page = client.get(f"/discussions/t/{thread.pk}/tidy/").text
    assert page.count('name="post"') == 6 and page.count('name="tree"') == 3
    address = f"/discussions/threads/{thread.pk}/split/"
    picks = {"tree": [talk["b"].pk], "post": [talk["e"].pk]}
    look = client.post(address, picks)
    assert "5 berichten gaan naar het nieuwe gesprek." in look.text and "2 berichten blijven." in look.text
    assert Thread.objects.count() == 1
    form = {"title": "Over b", "space": thread.space_id, "reason": "Een ander onderwerp."}
    done = client.post(address, picks | form)
    new = Thread.objects.get(title="Over b")
    assert done.url == new.get_absolute_url()
    assert [text for text, _number, _depth in shape(new)] == ["b", "c", "d", "e", "f"]
    assert Decision.objects.filter(reason="Een ander onderwerp.").count() == 2


def test_the_address_alone_leads_to_where_one_ticks(client: Client, thread: Thread, bram: User) -> None:
    """D8. After a reload, or from the history of the browser; to whoever may not tidy it is not there."""
    address = f"/discussions/threads/{thread.pk}/split/"
    assert client.get(address).url == f"/discussions/t/{thread.pk}/tidy/"
    assert client_of(bram).get(address).status_code == 404


def test_a_long_post_is_cut_where_one_sees_it(client: Client, bram: User, thread: Thread) -> None:
    reply(bram, thread, "woord " * 100)
    reply(bram, thread, "Kort.")
    page = client.get(f"/discussions/t/{thread.pk}/tidy/").text
    (shown,) = re.findall(r"(?:woord )+\w*…", page)
    assert len(shown) == BEGINNING
    assert "Kort." in page and "Kort.…" not in page


def test_what_was_ticked_on_another_page_comes_along(client: Client, anna: User, space: Space) -> None:
    """D8. Without script: in the form itself."""
    thread = open_thread(anna, space, "Lang", "Opening")
    bulk.fill(thread, [first_name(anna)], 120, at=timezone.now(), shape=bulk.wide)
    second, late = Post.objects.get(thread=thread, number=2), Post.objects.get(thread=thread, number=110)
    address = f"/discussions/t/{thread.pk}/tidy/"
    page = client.post(address, {"post": [second.pk], "page": "3"})
    assert f'<input type="hidden" name="post" value="{second.pk}">' in page.text
    assert f'value="{late.pk}"' in page.text
    back = client.post(address, {"post": [second.pk, late.pk], "page": "1"})
    assert f'<input type="hidden" name="post" value="{late.pk}">' in back.text
    assert f'value="{second.pk}" aria-describedby="by{second.pk}" checked' in back.text


@pytest.mark.parametrize("form", [{}, {"post": ["opening"]}, {"post": ["x", "-1", "9" * 30]}, {"tree": ["999999999"]}])
def test_a_choice_that_cannot_be_is_said_in_words_with_the_ticks_kept(
    client: Client,
    thread: Thread,
    talk: dict[str, Post],
    form: dict,
) -> None:
    """D20."""
    sent = {key: [opening_of(thread).pk if v == "opening" else v for v in value] for key, value in form.items()}
    sent.setdefault("tree", []).append(talk["b"].pk) if form else None
    page = client.post(f"/discussions/threads/{thread.pk}/split/", sent)
    assert page.status_code == 200 and Thread.objects.count() == 1
    if form and form != {"post": ["x", "-1", "9" * 30]}:
        assert f'value="{talk["b"].pk}" aria-describedby="by{talk["b"].pk}" checked' in page.text


def test_a_narrower_space_is_asked_twice_and_says_who_loses_it(
    client: Client,
    coordinator: User,
    kerngroep,
    thread: Thread,
    circle_space: Space,
    talk: dict[str, Post],
) -> None:
    """D8. In words, before it happens, for a split and for a move."""
    circles.add(by=None, circle=kerngroep, user=coordinator)
    split = f"/discussions/threads/{thread.pk}/split/"
    form = {"tree": [talk["b"].pk], "title": "Los", "space": circle_space.pk, "reason": "Te gevoelig."}
    asked = client.post(split, form)
    assert "niet meer" in asked.text and Thread.objects.count() == 1
    assert client.post(split, form | {"sure": "999"}).status_code == 200 and Thread.objects.count() == 1
    assert client.post(split, form | {"sure": circle_space.pk}).status_code == 302
    assert Thread.objects.get(title="Los").space == circle_space
    move = f"/discussions/threads/{thread.pk}/move/"
    why = {"grounds": "tidy", "reason": "Te gevoelig."}
    asked = client.post(move, {"space": circle_space.pk, **why})
    assert asked.status_code == 200 and f'name="sure" value="{circle_space.pk}"' in asked.text
    thread.refresh_from_db()
    assert thread.space != circle_space
    assert client.post(move, {"space": circle_space.pk, "sure": circle_space.pk, **why}).status_code == 302
    thread.refresh_from_db()
    assert thread.space == circle_space


def test_a_wider_space_is_not_offered_and_refused(
    client: Client, coordinator: User, anna: User, kerngroep, circle_thread: Thread, space: Space
) -> None:
    """D1, D8. Nothing comes before more eyes, in silence or aloud."""
    circles.add(by=None, circle=kerngroep, user=coordinator)
    post = reply(anna, circle_thread, "Onder ons.")
    address = f"/discussions/threads/{circle_thread.pk}/split/"
    assert ">Zorg<" not in client.post(address, {"post": [post.pk]}).text
    form = {"post": [post.pk], "title": "Los", "space": space.pk}
    assert client.post(address, form).status_code == 200
    assert Thread.objects.count() == 1


def test_a_wider_space_is_not_offered_for_a_move_and_it_says_what_can_be_done_instead(
    client: Client, coordinator: User, anna: User, kerngroep, circle_thread: Thread, space: Space
) -> None:
    """D1, D8. From a circle to members: who wrote there wrote for that circle. On the move, split and merge pages."""
    circles.add(by=None, circle=kerngroep, user=coordinator)
    instead = "vraag wie een bericht schreef om dat ook daar te schrijven"
    address = f"/discussions/threads/{circle_thread.pk}/"
    look = client.get(f"{address}move/").text
    assert ">Zorg<" not in look and instead in look
    refused = client.post(f"{address}move/", {"space": space.pk}).text
    assert "voor wie het niet geschreven is" in refused and instead in refused
    post = reply(anna, circle_thread, "Onder ons.")
    assert instead in client.post(f"{address}split/", {"post": [post.pk]}).text
    other = open_thread(anna, space, "Voor leden", "x")
    joined = client.post(f"{address}merge/?into={other.pk}", {"reason": "Zelfde vraag."}).text
    assert "voor wie het niet geschreven is" in joined and instead in joined
    circle_thread.refresh_from_db()
    assert circle_thread.removed_at is None and circle_thread.space != space


def test_a_move_between_spaces_of_the_same_readers_is_not_asked_twice(
    client: Client, coordinator: User, thread: Thread
) -> None:
    """D8."""
    other = spaces.open_space(by=coordinator, slug="werk", name="Werk")
    form = {"space": other.pk, "grounds": "tidy", "reason": "Gaat over werk."}
    assert client.post(f"/discussions/threads/{thread.pk}/move/", form).status_code == 302


def test_the_other_discussion_is_found_by_words_or_address(
    client: Client, anna: User, thread: Thread, space: Space, circle_thread: Thread
) -> None:
    """D8. Among those that the coordinator sees; then what will happen; then it does."""
    other = open_thread(anna, space, "Vaccineren in de praktijk", "Twee.")
    address = f"/discussions/threads/{thread.pk}/merge/"
    post = reply(anna, other, "Een antwoord.")
    for asked in ("praktijk vacc", other.get_absolute_url(), f"https://x.invalid/discussions/posts/{post.pk}/"):
        assert f"?into={other.pk}" in client.get(address, {"q": asked}).text, asked
    for asked in ("zwijgkanarie", circle_thread.get_absolute_url(), "niets", f"/t/{'9' * 17}/", "Prikken"):
        assert "?into=" not in client.get(address, {"q": asked}).text, asked
    look = client.get(address, {"into": other.pk})
    assert "Vaccineren in de praktijk" in look.text and Post.objects.filter(thread=other).count() == 2
    opening = opening_of(thread)
    done = client.post(f"{address}?into={other.pk}", {"reason": "Zelfde vraag."})
    assert done.url == opening.get_absolute_url() and Post.objects.filter(thread=other).count() == 3
    assert client.get(address).url == opening.get_absolute_url()


@pytest.mark.parametrize("into", ["0", "x", "9" * 40, "circle", "itself"])
def test_joining_with_what_is_not_there_asks_again(
    client: Client, thread: Thread, circle_thread: Thread, into: str
) -> None:
    """D8, D20."""
    key = {"circle": circle_thread.pk, "itself": thread.pk}.get(into, into)
    page = client.post(f"/discussions/threads/{thread.pk}/merge/?into={key}", {"reason": ""})
    assert page.status_code == 200 and "Zwijgkanarie" not in page.text
    assert Thread.objects.filter(removed_at=None).count() == 2


def test_others_find_nothing_there(anna: User, thread: Thread, circle_thread: Thread, coordinator: User) -> None:
    """D8."""
    for viewer, one in ((anna, thread), (coordinator, circle_thread)):
        client = client_of(viewer)
        for act in (f"t/{one.pk}/tidy", f"threads/{one.pk}/merge"):
            assert client.get(f"/discussions/{act}/", follow=True).status_code == 404
        assert client.post(f"/discussions/threads/{one.pk}/split/", {"post": ["1"]}).status_code == 404


def test_the_pages_cost_the_same_at_n_and_at_4_n(client: Client, anna: User, space: Space) -> None:
    """D17."""
    costs = []
    for count in (60, 240):
        thread = open_thread(anna, space, f"Gesprek van {count}", "Opening")
        bulk.fill(thread, [first_name(anna)], count, at=timezone.now())
        for number in range(count // 30):
            open_thread(anna, space, f"Ander gesprek {count} {number}", "Tekst")
        third = Post.objects.get(thread=thread, number=3)
        for address, form in (
            (f"/discussions/t/{thread.pk}/tidy/", {"page": "2", "post": [third.pk]}),
            (f"/discussions/threads/{thread.pk}/split/", {"tree": [third.pk]}),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert client.post(address, form).status_code == 200
            costs.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/discussions/threads/{thread.pk}/merge/", {"q": "ander"}).status_code == 200
        costs.append(len(queries))
    assert costs[:3] == costs[3:] and max(costs) <= 10, costs


def test_splitting_and_merging_cost_the_same_in_a_short_and_in_a_long_thread(
    coordinator: User, anna: User, space: Space
) -> None:
    """D16, D17. At N, at 4 N and at 10,000 posts."""
    costs = []
    for count in (50, 200, 10_000):
        thread = open_thread(anna, space, f"Gesprek van {count}", "Opening")
        bulk.fill(thread, [first_name(anna)], count - 1, at=timezone.now())
        third = Post.objects.get(thread=thread, number=3)
        with CaptureQueriesContext(connection) as queries:
            new = tidying.split(by=coordinator, thread=thread, trees=[third.pk], title="Los", reason="Bijeen.")
        costs.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            merged = tidying.merge(by=coordinator, thread=new, into=thread, reason="Bijeen.")
        costs.append(len(queries))
        assert merged.post_count == count
    assert costs[:2] == costs[2:4] == costs[4:] and max(costs) <= 45, costs
