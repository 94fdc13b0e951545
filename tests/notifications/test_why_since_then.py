"""Why did I (not) get this, when something changed since: the page says what happened then and how it is now (N5)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation

from accounts.actions import circles
from accounts.models import User
from discussions.actions import posts
from discussions.models import Post
from notifications.actions import events, issues, sending, watches
from notifications.models import Issue
from notifications.why import answers
from tests.cast import client_of, first_name
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def asked(user, post, now=MORNING) -> str:
    (answer,) = answers(user, [Post.objects.for_why().get(pk=post.pk)], now=now)
    return " ".join([answer.short, *answer.more])


@pytest.mark.parametrize(
    ("since_then", "said"),
    [
        (lambda cas, bram, thread: follows(cas, thread, "muted"), "follow this less closely now"),
        (lambda cas, bram, thread: watches.mute(by=cas, name=first_name(bram)), "You muted whoever wrote it"),
    ],
)
def test_what_was_mailed_and_left_the_inbox_later(mail, bram, cas, thread, since_then, said) -> None:
    """N5. It stays said that it was mailed and why; and why the inbox doesn't show it."""
    follows(wants(cas), thread)
    post = reply(bram, thread)
    sweep()
    since_then(cas, bram, thread)
    told = asked(cas, post)
    assert "you followed this" in told and "in your overview, mailed on 4 March, 08:00" in told and said in told


def test_a_mail_that_is_held_for_quiet_hours_says_until_when(mail, bram, cas, thread) -> None:
    """N2, N5. Planned before they began."""
    follows(wants(cas), thread)
    post = reply(bram, thread)
    events.fan_out(now=BEFORE)
    issues.plan(now=MORNING)
    wants(cas, quiet_from=7, quiet_to=10)
    sending.send_all(now=MORNING)
    assert not mail.inbox and Issue.objects.get(recipient=cas).state == "planned"
    cas.refresh_from_db()
    told = asked(User.objects.get(pk=cas.pk), post)
    assert "end of your quiet hours and is mailed at 4 March, 10:00" in told and "on its way" not in told


def test_what_was_only_counted_in_a_full_mail(mail, bram, cas, thread) -> None:
    """N5, N11. Nobody looks in vain for a text that there was no room for."""
    follows(wants(cas), thread)
    few = reply(bram, thread)
    sweep()
    many = [reply(bram, thread, f"Nummer {n}.", at=MORNING + timedelta(hours=1, seconds=n)) for n in range(9)]
    sweep(MORNING + timedelta(days=1))
    later = MORNING + timedelta(days=1)
    _first, received = mail.to(cas.email)
    is_shown = [f"Nummer {n}." in received.text for n in range(9)]
    assert 0 < is_shown.count(True) < 9
    assert [("this was counted in it" in asked(cas, post, later)) for post in many] == [not one for one in is_shown]
    assert "was counted" not in asked(cas, few, later)


def test_an_answer_from_while_one_could_not_see_it_is_not_denied(anna, bram, cas, kerngroep, circle_space) -> None:
    """N5, N12. Out of the circle and back: it isn't said that it neither mentions nor answers them."""
    ours = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    circles.add(by=None, circle=kerngroep, user=wants(cas))
    mine = reply(cas, ours, "Van mij.", is_history=True)
    circles.remove(by=None, circle=kerngroep, user=cas)
    post = reply(bram, ours, "Voor jou.", parent=mine)
    events.fan_out(now=BEFORE)
    circles.add(by=None, circle=kerngroep, user=cas)
    cas.refresh_from_db()
    told = asked(cas, post)
    assert "neither mentions nor answers" not in told and "couldn't see it yet" in told


def test_who_was_away_when_it_was_to_be_sent_reads_that(mail, bram, cas, thread) -> None:
    """N5, N12."""
    follows(wants(cas), thread)
    post = reply(bram, thread)
    events.fan_out(now=BEFORE)
    User.objects.filter(pk=cas.pk).update(is_active=False)
    sweep()
    User.objects.filter(pk=cas.pk).update(is_active=True)
    assert "your account was switched off" in asked(cas, post)


def test_of_what_one_lost_access_to_no_word_is_left(mail, anna, bram, cas, kerngroep, circle_space) -> None:
    """N5, N12. Told and mailed, then lost: neither page knows it, whatever stands in the ledger."""
    circles.add(by=None, circle=kerngroep, user=wants(cas))
    ours = follows(cas, circle_space) and open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", at=BEFORE)
    post = ours.posts.get()
    sweep()
    assert mail.to(cas.email)
    circles.remove(by=None, circle=kerngroep, user=cas)
    client = client_of(cas)
    assert client.get(f"/notifications/why/{post.pk}/").status_code == 404
    assert "Zwijgkanarie" not in client.get("/notifications/why/").content.decode()
    posts.delete(by=anna, post=post)
    assert client.get(f"/notifications/why/{post.pk}/").status_code == 404
