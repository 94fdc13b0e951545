"""Why did I get this, and why did I not? The ledger answers, to the member it is about (N5)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.actions import circles
from accounts.models import User
from discussions.actions import posts, reading, telling
from discussions.models import Post
from notifications.actions import bounces, events, issues, watches
from notifications.models import Event, Issue
from notifications.why import answers
from tests.cast import client_of, first_name
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db


def asked(user, post, now=MORNING) -> str:
    (answer,) = answers(user, [Post.objects.for_why().get(pk=post.pk)], now=now)
    return " ".join([answer.short, *answer.more])


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_why_it_came(mail, anna, bram, cas, coordinator, thread) -> None:
    """N5. Each reason there is."""
    wants(cas)
    mentioned = reply(bram, thread, "Zeg @cas.")
    mine = reply(cas, thread, "Van mij.", is_history=True)
    answered = reply(bram, thread, "Voor jou.", parent=mine)
    follows(cas, thread)
    followed = reply(bram, thread)
    follows(cas, thread, "watching")
    events.fan_out(now=BEFORE)
    called = reply(cas, thread, "Wie van @coordinatoren?")
    events.fan_out(now=BEFORE)
    assert "you were mentioned" in asked(cas, mentioned)
    assert "it answers you" in asked(cas, answered)
    assert "you watched this" in asked(cas, followed)
    assert "a group that you are in" in asked(coordinator, called)


def test_when_it_was_mailed_or_will_be(mail, bram, cas, thread) -> None:
    """N5. Waiting, waiting for quiet hours to end, mailed."""
    follows(wants(cas), thread)
    post = reply(bram, thread)
    events.fan_out(now=BEFORE)
    issues.plan(now=BEFORE)
    assert "waits for your next overview, which comes on 4 March, 08:00" in asked(cas, post, BEFORE)
    wants(cas, rhythm="at_once", quiet_from=0, quiet_to=9)
    assert "end of your quiet hours and is mailed at 4 March, 09:00" in asked(cas, post, BEFORE)
    wants(cas, quiet_from=None, quiet_to=None)
    sweep()
    assert "in your overview, mailed on 4 March, 08:00" in asked(cas, post)


def test_what_the_mail_server_said_is_told_without_its_words(mail, bram, cas, thread) -> None:
    """N5, N9."""
    follows(wants(cas), thread)
    post = reply(bram, thread)
    mail.refused_recipients[cas.email] = "550 5.1.1 unknown"
    sweep()
    assert "didn't take the mail" in asked(cas, post)
    Issue.objects.update(state="planned", attempts=1, not_before=MORNING + timedelta(hours=1))
    assert "tried again on 4 March, 09:00" in asked(cas, post)


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (lambda cas, bram, post: reading.mark_read(by=cas, thread=post.thread, numbers=[post.number]), "had read it"),
        (lambda cas, bram, post: follows(cas, post.thread, "muted"), "less closely"),
        (lambda cas, bram, post: watches.mute(by=cas, name=first_name(bram)), "had muted whoever wrote it"),
        (lambda cas, bram, post: wants(cas, rhythm="never"), "you wanted no mail"),
        (lambda cas, bram, post: posts.delete(by=bram, post=post), "the post was gone"),
    ],
)
def test_why_it_was_not_mailed(mail, bram, cas, thread, meanwhile, said) -> None:
    """N5, N12. In the inbox it was, by mail it wasn't."""
    follows(wants(cas), thread)
    post = reply(bram, thread)
    events.fan_out(now=BEFORE)
    issues.plan(now=MORNING)
    meanwhile(cas, bram, post)
    sweep()
    assert said in asked(cas, post)


def test_why_it_was_not_told(anna, bram, cas, thread, space, circle_space, kerngroep) -> None:
    """N5. Each case without a row in the ledger."""
    wants(cas).refresh_from_db()
    archived = reply(bram, thread, "Uit het archief.", is_history=True)
    plain = reply(bram, thread)
    assert "being told at this moment" in asked(cas, plain)
    events.fan_out(now=BEFORE)
    own = reply(cas, thread, at=BEFORE)
    events.fan_out(now=BEFORE)
    assert "came with an archive" in asked(cas, archived)
    assert "you wrote it yourself" in asked(cas, own)
    ours = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    hidden = reply(bram, ours)
    events.fan_out(now=BEFORE)
    circles.add(by=None, circle=kerngroep, user=cas)
    watches.watch(by=cas, thing=ours, level="following", at=BEFORE - timedelta(days=1))
    assert "couldn't see it yet" in asked(cas, hidden)
    watches.watch(by=cas, thing=ours, level="following", at=BEFORE + timedelta(hours=1))
    assert "since 4 March this counts for you: following" in asked(cas, hidden)
    other = open_thread(bram, space, "Ander gesprek", "Tekst.", at=BEFORE)
    events.fan_out(now=BEFORE)
    opening = other.posts.get()
    assert "only what is meant for you" in asked(cas, opening)
    watches.watch(by=cas, thing=space, level="muted", at=BEFORE - timedelta(days=1))
    assert "you muted this" in asked(cas, opening)
    watches.mute(by=cas, name=first_name(bram))
    assert "you muted Bram on" in asked(cas, opening)
    User.objects.filter(pk=cas.pk).update(joined_at=MORNING)
    cas.refresh_from_db()
    assert "before you joined" in asked(cas, opening)
    assert "longer ago than sixty days" in asked(cas, opening, MORNING + timedelta(days=61))


def test_urgent_and_discretion_are_named(bram, cas, coordinator, thread) -> None:
    """N2, N3, N5."""
    follows(wants(cas, detail="discreet"), thread)
    post = reply(bram, thread)
    telling.make_urgent(by=coordinator, post=post, reason="Gevaar.", at=BEFORE)
    events.fan_out(now=BEFORE)
    said = asked(cas, post, BEFORE)
    assert "By mail discreetly" in said and "marked it as urgent" in said and "within ten minutes" in said


def test_the_pages_answer_the_member_and_nobody_else(anna, bram, cas, circle_space, thread) -> None:
    """N5. A post one can't see is no post."""
    follows(wants(cas), thread)
    post = reply(bram, thread, at=timezone.now())
    events.fan_out(now=timezone.now())
    page = client_of(cas).get(f"/notifications/why/{post.pk}/").content.decode()
    assert "Waarom je dit kreeg" in page and "je volgde dit" in page
    assert "Waarom je dit niet kreeg" in client_of(bram).get(f"/notifications/why/{post.pk}/").content.decode()
    ours = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    assert client_of(cas).get(f"/notifications/why/{ours.posts.get().pk}/").status_code == 404
    listed = client_of(cas).get("/notifications/why/").content.decode()
    assert "Prikken op locatie" in listed and "Zwijgkanarie" not in listed
    assert f"/notifications/why/{post.pk}/" in client_of(cas).get(thread.get_absolute_url()).content.decode()


def test_the_list_costs_the_same_for_four_times_as_much(bram, cas, thread, django_assert_max_num_queries) -> None:
    """N5, N22."""
    follows(wants(cas), thread)
    client = client_of(cas)
    for number in range(20):
        if number == 5:
            events.fan_out(now=timezone.now())
            with django_assert_max_num_queries(14) as few:
                client.get("/notifications/why/")
        reply(bram, thread, f"Nummer {number}", at=timezone.now())
    events.fan_out(now=timezone.now())
    assert Event.objects.waiting().count() == 0
    with django_assert_max_num_queries(len(few)):
        client.get("/notifications/why/")


def test_whose_mail_comes_back_reads_that(mail, bram, cas, thread) -> None:
    """N5, N21."""
    follows(wants(cas), thread)
    bounces.take(user=cas, weight=4, at=BEFORE)
    post = reply(bram, thread)
    sweep()
    assert not mail.to(cas.email) and "our mail to you came back" in asked(cas, post)
