"""A member asks as “a member”, and goes on so (D12). That nobody finds out is proved in tests/visibility."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from discussions import permissions
from discussions.actions import answers, polls, posts, reactions, spaces, threads
from discussions.models import Post, Space, Thread
from discussions.voices import voices_in
from experts.actions import names
from experts.faces import face_of
from experts.models import Name, Veil
from experts.spelling import is_reserved
from notifications.actions import events
from notifications.models import Delivery
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply

NEW = "/discussions/zorg/new/"


def ask(user: User, space: Space, title: str = "Mag dit?", **more: Any) -> Thread:
    text = "Ik durf het niet te vragen."
    return threads.open_thread(by=user, space=space, title=title, text=text, anonymously=True, **more)


@pytest.fixture
def question(anna: User, space: Space) -> Thread:
    return ask(anna, space)


def filled(client: Client, **changes: str) -> dict[str, str]:
    """What a browser sends from the form for a new discussion."""
    form = client.get(NEW).context["form"]
    sent = {"title": "Mag dit?", "text": "Ik durf het niet.", "kind": "discussion", "topics": "", "anonymously": "on"}
    return sent | {"name": form["name"].value(), "form_key": str(form["form_key"].value())} | changes


def test_a_tick_in_the_form_makes_it_a_question_from_a_member(anna: User, cas: User, space: Space) -> None:
    """D12. Without script, on the one form for a new discussion."""
    client = client_of(anna)
    assert "coördinatoren zien hem ook niet" in client.get(NEW).content.decode()
    answer = client.post(NEW, filled(client), follow=True)
    thread = Thread.objects.get(title="Mag dit?")
    assert answer.redirect_chain[-1][0] == thread.get_absolute_url()
    assert thread.author.is_anonymous and thread.kind == "question"
    page = client_of(cas).get(thread.get_absolute_url()).content.decode()
    assert "Een lid" in page and "Anna" not in page and thread.author.key not in page


def test_the_same_form_sent_twice_asks_once(anna: User, space: Space) -> None:
    """R1. The name is new each time, so the form is known by who sent it."""
    client = client_of(anna)
    sent = filled(client)
    first, second = client.post(NEW, sent), client.post(NEW, sent)
    assert first["Location"] == second["Location"] and Thread.objects.count() == 1 == Veil.objects.count()


def test_a_look_first_and_a_refusal_keep_the_tick(anna: User, space: Space) -> None:
    """Nobody loses the choice on the way, and asks under their name by mistake."""
    client = client_of(anna)
    for changes in ({"preview": "1"}, {"text": " "}, {"title": ""}):
        page = client.post(NEW, filled(client, **changes))
        assert page.status_code == 200 and page.context["form"]["anonymously"].value()
        assert "Je schrijft als <strong>Een lid (je naam staat er niet bij)" in page.content.decode()
    assert not Thread.objects.exists()


def test_two_questions_of_one_member_share_nothing(anna: User, space: Space) -> None:
    one, other = ask(anna, space, "Een"), ask(anna, space, "Twee")
    assert one.author_id != other.author_id and one.author.key != other.author.key
    assert face_of(one.author, anna) == face_of(other.author, anna)


def test_whoever_asked_goes_on_as_a_member_there_and_nowhere_else(
    anna: User, bram: User, question: Thread, thread: Thread
) -> None:
    """D12. Answers, the poll, the summary, the chosen answer; another discussion and another person are refused."""
    veiled = question.author
    answer = posts.reply(by=anna, name=veiled, thread=question, text="Nog iets.")
    assert answer.author_id == veiled.pk
    from_bram = reply(bram, question, "Ja hoor.")
    assert answers.choose(by=anna, post=from_bram).answer_id == from_bram.pk
    threads.set_stand(by=anna, name=veiled, thread=question, text="Het mag.")
    poll = polls.open_poll(
        by=anna,
        name=veiled,
        thread=question,
        question="Wie?",
        options=["a", "b"],
        closes_at=timezone.now() + timedelta(days=1),
    )
    with pytest.raises(PermissionDenied):
        polls.vote(by=anna, name=veiled, poll=poll, choices=[0])  # see the action
    page = client_of(anna).get(poll.get_absolute_url())
    assert [key for key, _label in page.context["form"].fields["name"].choices] == [first_name(anna).key]
    assert permissions.may_close_poll(anna, poll) and not permissions.may_close_poll(bram, poll)
    for by, there in ((anna, thread), (bram, question)):
        with pytest.raises(PermissionDenied):
            posts.reply(by=by, name=veiled, thread=there, text="Hier niet.")
    with pytest.raises(PermissionDenied):
        reactions.toggle(by=anna, name=veiled, post=from_bram, kind="thanks")


def test_only_whoever_asked_may_change_it_and_coordinators_may_take_it_away(
    anna: User, bram: User, coordinator: User, question: Thread
) -> None:
    post = opening_of(question)
    assert permissions.may_edit(anna, post) and permissions.may_set_topics(anna, question)
    for other in (bram, coordinator):
        assert not permissions.may_edit(other, post) and not permissions.is_author(other, post)
    posts.edit(by=anna, post=post, text="Anders gezegd.", at=timezone.now() + timedelta(hours=1))
    assert posts.delete(by=coordinator, post=post, reason="Huisregel 1").deleted_by_author is False


def test_the_form_to_answer_proposes_a_member_and_asks_before_it_shows_a_name(
    anna: User, question: Thread, space: Space
) -> None:
    """D12. No name by mistake: not by the first in a list, not by one that was used last."""
    names.create(by=anna, holder=anna, display_name="Wolk")
    client, address = client_of(anna), f"/discussions/threads/{question.pk}/reply/"
    reply(anna, question, "Onder mijn naam.")
    for page in (client.get(address), client.get(question.get_absolute_url())):
        form = page.context["form"]
        assert form["name"].value() == question.author.key
        assert "Een lid (je naam staat er niet bij)" in page.content.decode()
    sent = {"text": "Nog iets.", "name": first_name(anna).key, "form_key": str(uuid.uuid4())}
    page = client.post(address, sent)
    assert page.status_code == 200 and "Vink dan aan dat die naam erbij mag staan" in page.content.decode()
    assert page.context["form"]["text"].value() == "Nog iets."
    assert client.post(address, sent | {"openly": "on"}).status_code == 302
    assert Post.objects.order_by("-pk")[0].author == first_name(anna)
    client.post(address, {"text": "En dit.", "name": question.author.key, "form_key": str(uuid.uuid4())})
    assert Post.objects.order_by("-pk")[0].author == question.author


def test_a_part_put_in_another_discussion_still_speaks_as_a_member(
    anna: User, bram: User, question: Thread, thread: Thread
) -> None:
    """D8, D12. After a split or a merge the form still doesn't propose a name there."""
    post = posts.reply(by=anna, name=question.author, thread=question, text="Nog iets.")
    Post.objects.filter(pk=post.pk).update(thread=thread, number=77, path=b"\x77", parent=opening_of(thread))
    there = Thread.objects.visible_to(anna).for_page(anna).get(pk=thread.pk)
    assert voices_in(anna, there)[0] == question.author
    assert permissions.may_speak_as(anna, question.author, there)
    others = Thread.objects.visible_to(bram).for_page(bram).get(pk=thread.pk)
    assert voices_in(bram, others) == [first_name(bram)]


def test_it_is_no_name_to_find_or_to_call(anna: User, bram: User, coordinator: User, question: Thread) -> None:
    veiled = question.author
    for viewer in (anna, bram, coordinator):
        assert not Name.objects.visible_to(viewer).filter(pk=veiled.pk).exists()
    assert veiled not in Name.objects.held_by(anna) and veiled.holder is None
    client = client_of(coordinator)
    for address in (f"/experts/{veiled.key}/", f"/experts/members/{veiled.key}/"):
        assert client.get(address).status_code == 404
    post = reply(bram, question, f"Hoi @{veiled.handle}")
    assert not post.mentions.exists()


@pytest.mark.parametrize(
    "name", ["Een lid", "EEN LID", "Een Iid", "Een lid 2", "Een-lid", "A Member", "Voormalig lid"]
)
def test_nobody_can_be_called_what_the_site_calls_everybody(cas: User, name: str) -> None:
    """D12, P15. Whoever reads “Een lid” knows that the site says it."""
    assert is_reserved(name)
    with pytest.raises(ValidationError, match="van jou"):
        names.create(by=cas, holder=cas, display_name=name)


def test_an_ordinary_name_is_free(db: None) -> None:
    assert not any(is_reserved(name) for name in ("Lida", "Eenling", "Ameli", "Lidewij", "Member"))


def test_three_questions_a_day_and_only_the_asker_is_told(anna: User, bram: User, space: Space) -> None:
    for number in range(names.MOST_VEILS):
        ask(anna, space, f"Vraag {number}")
    with pytest.raises(ValidationError, match="onder je naam"):
        ask(anna, space, "Nog een")
    ask(bram, space, "Van een ander")
    ask(anna, space, "Morgen", at=timezone.now() + timedelta(days=1, minutes=1))


def test_coordinators_may_switch_it_off_in_a_space(
    anna: User, bram: User, coordinator: User, question: Thread
) -> None:
    """A form that was open before is refused: it never puts a name there instead."""
    space, client = question.space, client_of(coordinator)
    assert client_of(bram).get("/discussions/zorg/anonymous/").status_code == 404
    with pytest.raises(PermissionDenied):
        spaces.take_anonymous_questions(by=bram, space=space, take=False)
    assert client.get("/discussions/zorg/anonymous/").status_code == 200
    client.post("/discussions/zorg/anonymous/")
    space.refresh_from_db()
    with pytest.raises(PermissionDenied):
        ask(anna, space, "Nog een")
    page = client_of(anna)
    assert "anonymously" not in page.get(NEW).context["form"].fields
    refused = page.post(NEW, filled(page))
    assert refused.context["form"].errors and refused.context["form"]["text"].value()
    assert not Thread.objects.exclude(pk=question.pk).exists()
    posts.reply(by=anna, name=question.author, thread=question, text="Hier ga ik door.")
    client.post("/discussions/zorg/anonymous/", {"take": "yes"})
    space.refresh_from_db()
    assert space.takes_anonymous_questions


def test_answers_reach_whoever_asked_and_their_own_words_do_not(anna: User, bram: User, question: Thread) -> None:
    """N1, D12. As for everybody else's words."""
    reply(bram, question, "Ja hoor.")
    posts.reply(by=anna, name=question.author, thread=question, text="Dank, @anna en @bram.")
    events.fan_out(now=timezone.now())
    told = Delivery.objects.filter(channel="inbox").values_list("recipient", "reason", "event__post__number")
    assert (anna.pk, "reply", 2) in told and (bram.pk, "mention", 3) in told
    assert not [row for row in told if row[0] == anna.pk and row[2] in (1, 3)]


def test_an_account_that_is_gone_leaves_the_question_as_it_was(anna: User, bram: User, question: Thread) -> None:
    """P13, D12. That the face changed would say whose it was."""
    before = face_of(question.author, bram)
    anna.delete()
    after = Thread.objects.get(pk=question.pk)
    assert face_of(after.author, bram) == before and not Veil.objects.exists()


def test_one_vote_a_member_under_one_of_their_names(bram: User, question: Thread) -> None:
    """P7, D10. A vote that goes as another comes would say that both names are one person's."""
    wolk = names.create(by=bram, holder=bram, display_name="Wolk")
    poll = polls.open_poll(
        by=bram,
        name=wolk,
        thread=question,
        question="Wie?",
        options=["a", "b"],
        closes_at=timezone.now() + timedelta(days=1),
    )
    polls.vote(by=bram, name=wolk, poll=poll, choices=[0])
    with pytest.raises(ValidationError) as refusal:
        polls.vote(by=bram, name=first_name(bram), poll=poll, choices=[1])
    assert refusal.value.error_dict.keys() == {"name"}
    polls.vote(by=bram, name=wolk, poll=poll, choices=[1])
    assert list(poll.votes.values_list("name", "choice")) == [(wolk.pk, 1)]


def test_a_page_full_of_anonymous_posts_costs_what_any_page_costs(
    anna: User, bram: User, question: Thread, space: Space
) -> None:
    """D17."""
    plain = open_thread(anna, space, "Gewoon", "Tekst.")
    costs = {}
    for number in range(12):
        posts.reply(by=anna, name=question.author, thread=question, text=f"{number}")
        reply(anna, plain, f"{number}")
    for user in (anna, bram):
        for thread in (plain, question):
            client = client_of(user)
            client.get(thread.get_absolute_url())
            with CaptureQueriesContext(connection) as queries:
                client.get(thread.get_absolute_url())
            costs[user, thread] = len(queries)
    assert len(set(costs.values())) == 1, costs
