"""Where a member finds what they deleted, and what was hidden of theirs, as long as it can come back (D7, D13)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Circle, User
from discussions.actions import appeals, posts, purging, threads
from discussions.models import Decision, Post, Space, Thread
from tests.cast import client_of
from tests.discussions.conftest import open_thread, reply

PATH = "/discussions/deleted/"


def page_of(user: User) -> str:
    return client_of(user).get(PATH).content.decode()


def test_what_i_deleted_stands_there_until_it_is_gone_and_comes_back_with_one_button(
    bram: User, cas: User, thread: Thread
) -> None:
    """D7. For its writer alone; linked from the menu of one's account and from the drafts."""
    post = reply(bram, thread, "Merelwoord in een antwoord.")
    posts.delete(by=bram, post=post)
    client = client_of(bram)
    assert PATH in client.get("/discussions/drafts/").content.decode()
    page = client.get(PATH).content.decode()
    assert "Merelwoord" in page and thread.title in page and "voorgoed weg op" in page
    assert "Merelwoord" not in page_of(cas) and "Je hebt niets weggehaald" in page_of(cas)
    assert client_of(None).get(PATH).status_code == 302
    assert client.post(f"/discussions/posts/{post.pk}/restore/").status_code == 302
    post.refresh_from_db()
    assert post.source == "Merelwoord in een antwoord." and "Merelwoord" not in page_of(bram)


def test_what_was_hidden_says_why_and_leads_to_the_appeal(
    bram: User, cas: User, coordinator: User, thread: Thread
) -> None:
    """D13. Nothing to bring back by oneself; while the appeal waits the text has no last day."""
    post = reply(bram, thread, "Merelwoord.")
    posts.delete(by=coordinator, post=post, reason="Dit noemt een adres.")
    decision = Decision.objects.get()
    page = page_of(bram)
    assert "Merelwoord" in page and "Dit noemt een adres." in page and "Dora" not in page.replace("Dora heeft", "")
    assert f"/discussions/decisions/{decision.pk}/" in page and "maak bezwaar" in page
    assert f"/discussions/posts/{post.pk}/restore/" not in page and "Merelwoord" not in page_of(coordinator)
    appeals.appeal(by=bram, decision=decision, words="Niet waar.")
    page = page_of(bram)
    assert "zolang je bezwaar loopt" in page and "voorgoed weg op" not in page and "maak bezwaar" not in page


def test_what_was_asked_as_a_member_is_found_by_its_writer_alone(bram: User, coordinator: User, space: Space) -> None:
    """D12, D7."""
    veiled = threads.open_thread(by=bram, space=space, title="Vraag", text="Merelwoord?", anonymously=True)
    posts.delete(by=bram, post=Post.objects.get(thread=veiled))
    assert "Merelwoord" in page_of(bram) and "Merelwoord" not in page_of(coordinator)


def test_of_a_circle_that_one_left_the_title_is_not_told_and_nothing_is_brought_back(
    bram: User, kerngroep: Circle, circle_thread: Thread
) -> None:
    """D7, D8."""
    post = reply(bram, circle_thread, "Merelwoord.")
    posts.delete(by=bram, post=post)
    kerngroep.memberships.filter(user=bram).delete()
    page = page_of(bram)
    assert "Merelwoord" in page and circle_thread.title not in page and circle_thread.space.name not in page
    assert "restore" not in page


def test_after_thirty_days_nothing_is_left_to_find(bram: User, thread: Thread) -> None:
    """D7. Before the purge of that night too."""
    post = reply(bram, thread, "Merelwoord.")
    posts.delete(by=bram, post=post, at=timezone.now() - timedelta(days=30, minutes=1))
    assert "Merelwoord" not in page_of(bram)
    purging.purge(now=timezone.now())
    assert "Merelwoord" not in page_of(bram)


def test_a_discussion_of_mine_that_was_removed_stands_there_too(
    bram: User, cas: User, coordinator: User, space: Space
) -> None:
    """D13."""
    gone = open_thread(bram, space, "Merelvraag", "Tekst.")
    threads.remove(by=coordinator, thread=gone, reason="Dit is reclame.")
    assert (
        "Merelvraag" in page_of(bram) and "Dit is reclame." in page_of(bram) and "Dit is reclame." not in page_of(cas)
    )
    threads.restore(by=coordinator, thread=gone, reason="Toch niet.")
    assert "Dit is reclame." not in page_of(bram)


@pytest.mark.parametrize("hidden", [False, True])
def test_the_page_costs_the_same_at_n_and_at_4_n(bram: User, coordinator: User, thread: Thread, hidden: bool) -> None:
    """D7, D17."""
    client, counts = client_of(bram), []
    for more in (4, 12):
        for number in range(more):
            post = reply(bram, thread, f"Merel {more} {number}")
            posts.delete(by=coordinator if hidden else bram, post=post, reason="Daarom.")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PATH).content.decode().count("<h3>") >= more
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10
