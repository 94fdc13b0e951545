"""A thread's level can be let go of: then it is as its space and topics, and the form says what that is (N1)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from discussions.actions import tidying
from discussions.models import Post
from experts.models import Topic
from notifications.actions import events, watches
from notifications.levels import AS_SPACE
from notifications.models import Delivery, Watch
from notifications.why import answers
from tests.cast import client_of
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db


def chosen(page: str) -> str:
    """The value that is ticked in the form beside a thread."""
    (value,) = re.findall(r'name="level" value="(\w+)" checked', page)
    return value


def choose(user: Any, thing: Any, level: str, kind: str = "thread") -> str:
    address = f"/notifications/watch/{kind}/{thing.pk}/"
    return client_of(user).post(address, {"level": level}, follow=True).content.decode()


def test_the_form_says_what_as_its_space_comes_to_now(cas, anna, space) -> None:
    """N1. Of the space, of a topic that it carries, and of neither."""
    thread = open_thread(anna, space, "Prikken op locatie", "Tekst.", is_history=True, topics=["Prikken"])
    page = client_of(cas).get(thread.get_absolute_url()).content.decode()
    assert "Zoals de ruimte: gewoon" in page and chosen(page) == "as_space"
    follows(cas, space)
    assert "Zoals de ruimte: volgen" in client_of(cas).get(thread.get_absolute_url()).content.decode()
    watches.watch(by=cas, thing=Topic.objects.get(name="Prikken"), level="watching")
    follows(cas, thread, "muted")
    page = client_of(cas).get(thread.get_absolute_url()).content.decode()
    assert "Zoals de ruimte en de onderwerpen: nauw volgen" in page and chosen(page) == "muted"


def test_a_level_is_put_back_and_what_is_told_follows_the_space(mail, cas, bram, space, thread) -> None:
    """N1. Muted, put back: told as its space says; when the space changes, the thread changes along."""
    follows(follows(wants(cas), space), thread, "muted")
    reply(bram, thread, "Ongehoord.")
    events.fan_out(now=BEFORE)
    page = choose(cas, thread, "as_space")
    assert "Vanaf nu zoals de ruimte: volgen." in page and chosen(page) == "as_space"
    reply(bram, thread, "Gehoord.")
    sweep()
    (received,) = mail.to(cas.email)
    assert "Gehoord." in received.text and "Ongehoord." not in received.text
    follows(cas, space, "normal")
    assert watches.level_of(cas, thread) == "normal"
    reply(bram, thread, "Gewoon.", at=MORNING + timedelta(hours=1))
    sweep(MORNING + timedelta(days=1))
    assert len(mail.to(cas.email)) == 1


def test_why_i_did_not_get_it_stays_true_after_it_was_put_back(cas, bram, space, thread) -> None:
    """N5. What was written while the thread was muted: since a day the space counts, and it was before that."""
    follows(follows(wants(cas), space), thread, "muted")
    post = reply(bram, thread, at=timezone.now() - timedelta(hours=1))
    events.fan_out(now=timezone.now())
    cas.refresh_from_db()
    watches.watch(by=cas, thing=thread, level=AS_SPACE)
    with translation.override("nl"):
        (answer,) = answers(cas, [Post.objects.for_why().get(pk=post.pk)], now=timezone.now())
    assert answer.short.startswith("Geen bericht: sinds ") and "geldt voor jou: volgen" in answer.short


def test_what_was_let_go_of_is_not_among_what_i_follow(cas, space, thread) -> None:
    """N1. Nor a space that is back to normal."""
    follows(follows(cas, space), thread)
    choose(cas, thread, "as_space")
    choose(cas, space, "normal", "space")
    assert "Je volgt nog niets" in client_of(cas).get("/notifications/settings/").content.decode()


def test_what_i_follow_is_let_go_of_where_it_is_listed(cas, anna, space) -> None:
    """N1. By the buttons of the list itself, each with the name of what it is about; and back to the list."""
    thread = open_thread(anna, space, "Prikken op locatie", "Tekst.", is_history=True, topics=["Prikken"])
    for thing in (space, thread, Topic.objects.get(name="Prikken")):
        watches.watch(by=cas, thing=thing, level="following")
    client = client_of(cas)
    page = client.get("/notifications/settings/").content.decode()
    forms = re.findall(
        r'action="(/notifications/watch/\w+/\d+/)".*?name="level" value="(\w+)">(.*?)</button>', page, re.DOTALL
    )
    assert len(forms) == 3 and all("hidden" in words for _action, _level, words in forms)
    for action, level, _words in forms:
        answer = client.post(action, {"level": level, "next": "/notifications/settings/"})
        assert answer["Location"] == "/notifications/settings/"
    assert "Je volgt nog niets" in client.get("/notifications/settings/").content.decode()


@pytest.mark.parametrize("kind", ["space", "topic"])
def test_only_a_thread_can_be_as_its_space(cas, anna, space, kind) -> None:
    """N1. Anything else is refused in words, by the form and by the database."""
    open_thread(anna, space, "Prikken op locatie", "Tekst.", is_history=True, topics=["Prikken"])
    thing = space if kind == "space" else Topic.objects.get(name="Prikken")
    assert "Kies een van de niveaus en bewaar het dan." in choose(cas, thing, "as_space", kind)
    assert not Watch.objects.filter(user=cas).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(user=cas, level=AS_SPACE, **{kind: thing})


def test_whoever_writes_there_follows_it_again(cas, thread) -> None:
    """N1. A reply follows the thread unless it is muted."""
    watches.watch(by=cas, thing=thread, level=AS_SPACE)
    reply(cas, thread)
    assert Watch.objects.get(user=cas, thread=thread).level == "following"


@pytest.mark.parametrize(
    ("here", "there", "after"), [("", "muted", "muted"), ("following", "", "following"), ("", "", None)]
)
def test_after_a_merge_it_counts_as_nothing_chosen(
    quiet, anna, cas, coordinator, space, thread, here: str, there: str, after: str | None
) -> None:
    """D8, N1."""
    other = open_thread(anna, space, "Een andere", "Begin.", is_history=True)
    follows(follows(cas, thread, here), other, there)
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    assert Watch.objects.filter(user=cas).values_list("level", flat=True).first() == after


def test_after_a_split_the_new_thread_is_as_the_space_too(quiet, anna, bram, cas, coordinator, thread) -> None:
    """D8, N1."""
    post = reply(bram, thread)
    follows(cas, thread, AS_SPACE)
    new = tidying.split(by=coordinator, thread=thread, posts=[post.pk], title="Los", reason="Bijeen.")
    assert not Watch.objects.filter(user=cas, thread=new).exists()
    assert watches.level_of(cas, new) == "normal" and Delivery.objects.count() == 0
