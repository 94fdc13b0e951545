"""A member's own feed holds what the inbox holds, as discreetly as their mail; its address can be revoked (N3, N5)."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from cms.models import ArticlePage
from discussions.actions import polls, posts
from notifications.actions import events, watches
from notifications.inbox import inbox_of
from notifications.models import Delivery
from tests.cast import client_of, first_name
from tests.cms.conftest import plant, tree  # noqa: F401  a fixture of the knowledge base
from tests.notifications.conftest import BEFORE, follows, open_thread, reply, wants

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def address(user: User) -> str:
    page = client_of(user).post("/notifications/feeds/mine/open/").content.decode()
    found = re.search(r'value="https://swexpertise\.invalid(/notifications/feed/[\w-]+/)"', page)
    assert found, page
    return found[1]


def links(url: str) -> set[str]:
    answer = Client().get(url)
    assert answer.status_code == 200
    entries = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314  our own feed
    return {entry.findtext(f"{ATOM}id", "").removeprefix("https://swexpertise.invalid") for entry in entries}


def test_it_holds_what_the_inbox_holds_and_nothing_else(anna, bram, cas, space, thread) -> None:
    """N5. From all spaces, and not what was read, deleted, or written under a name that was muted since."""
    follows(wants(cas), thread)
    called = reply(bram, open_thread(anna, space, "Ander gesprek", "Tekst.", is_history=True), "Zeg @cas.")
    followed, gone, muted = reply(bram, thread), reply(bram, thread, "Weg."), reply(anna, thread, "Gedempt.")
    reply(bram, open_thread(anna, space, "Niet gevolgd", "Tekst.", is_history=True))
    events.fan_out(now=BEFORE)
    posts.delete(by=bram, post=gone)
    watches.mute(by=cas, name=first_name(anna))
    inbox = set(Delivery.objects.news_for(cas).unread().values_list("event__post", flat=True))
    assert inbox == {called.pk, followed.pk} and muted.pk not in inbox
    url = address(cas)
    assert links(url) == {called.get_absolute_url(), followed.get_absolute_url()}
    client_of(cas).post("/notifications/read/", {"shown": inbox_of(cas).shown})
    assert links(url) == set()


@pytest.mark.parametrize(
    ("detail", "title", "text"), [("full", True, True), ("titles", True, False), (None, False, False)]
)
def test_it_is_as_discreet_as_the_mail(bram, cas, thread, detail, title, text) -> None:
    """N3. Until the member chose, nothing is named."""
    follows(wants(cas, detail=detail), thread)
    reply(bram, thread, "Kanariegeel.")
    events.fan_out(now=BEFORE)
    said = Client().get(address(cas)).content.decode()
    assert ("Prikken op locatie" in said) == title and ("Kanariegeel" in said) == text
    assert ("Bram" in said) == text and cas.email not in said


def test_a_noted_text_stays_out(bram, cas, thread) -> None:
    """N13."""
    follows(wants(cas), thread)
    reply(bram, thread, "Kanariegeel.", content_note="geweld")
    events.fan_out(now=BEFORE)
    assert "Kanariegeel" not in Client().get(address(cas)).content.decode()


@pytest.mark.parametrize(("detail", "is_named", "is_told"), [("full", 1, 1), ("titles", 1, 0), (None, 0, 0)])
def test_votes_that_close_and_what_came_to_the_site_stand_in_it_too(
    anna,
    bram,
    cas,
    coordinator,
    thread,
    tree,  # noqa: F811  the fixture
    detail,
    is_named,
    is_told,
) -> None:
    """N5, N3. What catching up and an overview show beside the list; as discreet as the mail. Voted: gone."""
    wants(cas, detail=detail)
    now = timezone.now()
    poll = polls.open_poll(
        by=anna, name=first_name(anna), thread=thread, question="Stemkanarie?", options=["Ja", "Nee"],
        closes_at=now + timedelta(hours=5),
    )  # fmt: skip
    later = polls.open_poll(
        by=anna, name=first_name(anna), thread=thread, question="Later?", options=["Ja", "Nee"],
        closes_at=now + timedelta(days=20),
    )  # fmt: skip
    page = plant(tree.hub, ArticlePage, "Kenniskanarie", by=coordinator, summary="Wat het kost.")
    url = address(cas)
    ids = {link.partition("#")[0] for link in links(url)}
    assert ids == {poll.get_absolute_url(), page.permanent_url} and later.get_absolute_url() not in ids
    said = Client().get(url).content.decode()
    assert said.count("Kenniskanarie") == said.count("Prikken op locatie") == is_named
    assert said.count("Stemkanarie") == said.count("Wat het kost.") == is_told
    polls.vote(by=cas, name=first_name(cas), poll=poll, choices=[0])
    assert {link.partition("#")[0] for link in links(url)} == {page.permanent_url}


def test_a_vote_of_a_circle_is_in_no_feed_of_who_is_not_in_it(anna, cas, circle_space) -> None:
    """N12."""
    url = address(wants(cas))
    thread = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    polls.open_poll(
        by=anna, name=first_name(anna), thread=thread, question="Stemkanarie?", options=["Ja", "Nee"],
        closes_at=timezone.now() + timedelta(hours=5),
    )  # fmt: skip
    assert "kanarie" not in Client().get(url).content.decode() and links(url) == set()


def test_a_new_address_kills_the_old_one_and_revoking_kills_both(cas, bram) -> None:
    """N5."""
    first = address(wants(cas))
    second = address(cas)
    assert Client().get(first).status_code == 404 and Client().get(second).status_code == 200
    client_of(bram).post("/notifications/feeds/mine/close/")
    assert Client().get(second).status_code == 200
    client_of(cas).post("/notifications/feeds/mine/close/")
    assert Client().get(second).status_code == 404


def test_it_costs_the_same_for_four_times_as_much(anna, bram, cas, space, django_assert_max_num_queries) -> None:
    url = address(wants(cas))
    for number in range(8):
        reply(bram, open_thread(anna, space, f"Gesprek {number}", "Tekst.", is_history=True), "Zeg @cas.")
        events.fan_out(now=BEFORE)
        if number == 1:
            with django_assert_max_num_queries(8) as few:
                links(url)
    with django_assert_max_num_queries(len(few)):
        links(url)
