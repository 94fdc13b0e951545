"""Reactions, what one keeps, the chosen answer and earlier summaries (D9, D11)."""

import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from discussions.actions import answers, posts, reactions, threads
from discussions.models import Bookmark, Reaction, Space, StandRevision, Thread
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply


def test_a_reaction_comes_and_goes_with_one_button(anna: User, bram: User, thread: Thread) -> None:
    """D11. Without script, and nobody is mailed."""
    post = opening_of(thread)
    client = client_of(bram)
    answer = client.post(f"/discussions/posts/{post.pk}/react/", {"kind": "thanks"})
    assert answer.url == post.get_absolute_url()  # type: ignore[attr-defined]  # a redirect
    page = client.get(thread.get_absolute_url()).content.decode()
    assert 'value="thanks" aria-pressed="true">Dank <b>1</b>' in page
    theirs = client_of(anna).get(thread.get_absolute_url()).content.decode()
    assert 'value="thanks" aria-pressed="false">Dank <b>1</b>' in theirs
    client.post(f"/discussions/posts/{post.pk}/react/", {"kind": "thanks"})
    assert not Reaction.objects.exists() and not mail.outbox


def test_only_the_four_kinds_and_only_on_what_one_sees(
    anna: User, cas: User, thread: Thread, circle_thread: Thread
) -> None:
    """D11."""
    with pytest.raises(PermissionDenied):
        reactions.toggle(by=cas, name=first_name(cas), post=opening_of(thread), kind="angry")
    address = f"/discussions/posts/{opening_of(circle_thread).pk}/react/"
    assert client_of(cas).post(address, {"kind": "heart"}).status_code == 404


def test_reactions_cost_a_page_one_query(anna: User, bram: User, thread: Thread) -> None:
    """D11, D17. However many posts and reactions."""
    costs = []
    for count in (2, 8):
        for _number in range(count):
            post = reply(anna, thread)
            for kind in ("thanks", "agree", "add", "heart"):
                reactions.toggle(by=bram, name=first_name(bram), post=post, kind=kind)
        client = client_of(bram)
        client.get(thread.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(thread.get_absolute_url())
        costs.append(len(queries))
        assert sum("discussions_reaction" in query["sql"] for query in queries.captured_queries) == 1
    assert costs[0] == costs[1] <= 10, costs


def test_what_one_keeps_is_ones_own(anna: User, bram: User, thread: Thread) -> None:
    """D11. With a note; it can be changed and let go."""
    post = opening_of(thread)
    client = client_of(bram)
    client.post(f"/discussions/posts/{post.pk}/keep/", {"note": "Voor de vergadering"})
    client.post(f"/discussions/posts/{post.pk}/keep/", {"note": "Voor dinsdag"})
    assert Bookmark.objects.get().note == "Voor dinsdag"
    assert "Voor dinsdag" in client.get("/discussions/kept/").content.decode()
    assert "Voor dinsdag" not in client_of(anna).get("/discussions/kept/").content.decode()
    client.post(f"/discussions/posts/{post.pk}/keep/", {"let_go": "1"})
    assert not Bookmark.objects.exists()


@pytest.fixture
def question(anna: User, space: Space) -> Thread:
    return open_thread(anna, space, "Hoe doe ik aangifte?", "Zonder adres?", kind="question")


def test_who_asked_or_a_coordinator_chooses_the_answer_and_takes_it_back(
    anna: User, bram: User, cas: User, coordinator: User, question: Thread
) -> None:
    """D9."""
    post = reply(bram, question, "Met een domicilie.")
    address = f"/discussions/posts/{post.pk}/choose/"
    assert client_of(cas).post(address).status_code == 403
    client_of(anna).post(address)
    page = client_of(cas).get(question.get_absolute_url()).content.decode()
    assert page.count("Gekozen antwoord") == 2 and "Naar het antwoord van Bram" in page and " chosen" in page
    client_of(coordinator).post(address)
    assert "Gekozen antwoord" not in client_of(cas).get(question.get_absolute_url()).content.decode()


def test_an_answer_is_a_living_reply_to_a_question(anna: User, bram: User, question: Thread, thread: Thread) -> None:
    """D9. Deleted, it is no longer shown as the answer."""
    with pytest.raises(ValidationError):
        answers.choose(by=anna, post=opening_of(question))
    with pytest.raises(PermissionDenied):
        answers.choose(by=anna, post=reply(bram, thread))
    post = reply(bram, question)
    answers.choose(by=anna, post=post)
    posts.delete(by=bram, post=post)
    assert "Gekozen antwoord" not in client_of(anna).get(question.get_absolute_url()).content.decode()


def test_earlier_summaries_are_kept_with_author_and_date(anna: User, bram: User, cas: User, thread: Thread) -> None:
    """D9."""
    threads.set_stand(by=anna, name=first_name(anna), thread=thread, text="Nog **niets** zeker.")
    assert not StandRevision.objects.exists()
    threads.set_stand(by=bram, name=first_name(bram), thread=thread, text="We zijn het eens.")
    assert "eerdere samenvattingen" in client_of(cas).get(thread.get_absolute_url()).content.decode()
    page = client_of(cas).get(f"/discussions/threads/{thread.pk}/earlier-summaries/").content.decode()
    assert "<strong>niets</strong>" in page and "Samengevat door Anna" in page


def test_past_a_summary_one_comes_to_what_is_new_at_once(anna: User, cas: User, thread: Thread) -> None:
    """D5, D9. A summary may be longer than a phone: the way past it stands above it."""
    threads.set_stand(by=anna, name=first_name(anna), thread=thread, text="Nog **niets** zeker.")
    page = client_of(cas).get(thread.get_absolute_url()).content.decode()
    above, _stand, below = page.partition('<aside class="stand"')
    (way,) = re.findall(r'<a href="([^"]+)">\d+ nieuwe? bericht', above)
    assert f'<a class="button" data-key="u" href="{way}">' in below
