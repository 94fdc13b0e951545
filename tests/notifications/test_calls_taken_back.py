"""A call that is taken out of a post: what was mailed stays in the ledger; the rest isn't told, until it is back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation

from accounts.actions import circles
from accounts.models import Circle, User
from discussions.actions import posts
from discussions.models import Post, Thread
from notifications.actions import events, issues, sending
from notifications.inbox import inbox_of
from notifications.models import Delivery, Issue
from notifications.why import answers
from tests.harness.mail import MailServer
from tests.notifications.conftest import BEFORE, MORNING, follows, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CALLED = "Wat vind jij, @bram en @kerngroep?"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def called(kerngroep: Circle, cas: User, bram: User, coordinator: User, thread: Thread) -> Post:
    """By a coordinator: Bram by name, Cas with his group."""
    wants(bram)
    circles.add(by=None, circle=kerngroep, user=wants(cas))
    post = reply(coordinator, thread, CALLED)
    events.fan_out(now=BEFORE)
    return post


def take_back(post: Post, at=BEFORE, text: str = "Laat maar.") -> None:
    posts.edit(by=User.objects.get(role="coordinator"), post=post, text=text, at=at)


def ledger(user: User) -> dict[str, tuple[str, str, str]]:
    rows = Delivery.objects.filter(recipient=user).values_list("channel", "state", "why", "reason")
    return {channel: (state, why, reason) for channel, state, why, reason in rows}


def said(user: User, post: Post) -> str:
    (answer,) = answers(user, [Post.objects.for_why().get(pk=post.pk)], now=MORNING + DAY)
    return " ".join([answer.short, *answer.more])


@pytest.mark.parametrize("who", ["bram", "cas"])
def test_what_was_mailed_stays_in_the_ledger(mail: MailServer, bram, cas, called: Post, who: str) -> None:
    """N5, D6. By name or with a group: gone from the inbox, and the page still says why it came and when."""
    user, reason = (bram, "mention") if who == "bram" else (cas, "group")
    sweep()
    assert len(mail.to(user.email)) == 1
    take_back(called, MORNING + timedelta(hours=1))
    kept = ledger(user)
    assert kept["mail"] == ("sent", "", reason)
    assert inbox_of(user).is_empty
    assert ("you were mentioned" if who == "bram" else "a group that you are in") in said(user, called)
    assert "mailed on 4 March, 08:00" in said(user, called) and "taken out of the post later" in said(user, called)
    sweep(MORNING + DAY)
    assert len(mail.to(user.email)) == 1


def test_of_what_is_not_sent_nothing_goes(mail: MailServer, bram, cas, called: Post) -> None:
    """D6, N12. Planned or claimed by an issue: suppressed with its reason, no mail."""
    take_back(called)
    assert ledger(bram)["mail"][:2] == ("suppressed", "taken")
    issues.plan(now=MORNING)
    take_back(called)
    sweep()
    assert not mail.to(bram.email) and not mail.to(cas.email)
    assert "taken out of the post before it was sent" in said(bram, called)
    assert set(Issue.objects.filter(recipient=bram).values_list("state", flat=True)) == {"empty"}


@pytest.mark.parametrize("moment", ["before planning", "after planning", "after the mail without it"])
def test_what_is_put_back_is_told_again_and_mailed_once(mail: MailServer, bram, called: Post, moment: str) -> None:
    """D6, N12."""
    if moment == "after planning":
        issues.plan(now=MORNING)
    take_back(called)
    assert inbox_of(bram).is_empty
    if moment == "after the mail without it":
        sweep()
        assert not mail.to(bram.email)
    take_back(called, text=CALLED)
    assert [group.thread for group in inbox_of(bram).personal] == [called.thread]
    for day in range(3):
        sweep(MORNING + day * DAY)
    assert len(mail.to(bram.email)) == 1
    assert Delivery.objects.filter(recipient=bram).count() == 2


def test_what_was_mailed_and_put_back_is_not_mailed_again(mail: MailServer, bram, called: Post) -> None:
    """N8."""
    sweep()
    take_back(called, MORNING + timedelta(hours=1))
    take_back(called, MORNING + timedelta(hours=2), CALLED)
    sweep(MORNING + DAY)
    assert len(mail.to(bram.email)) == 1 and inbox_of(bram).personal
    assert ledger(bram) == {"inbox": ("sent", "", "mention"), "mail": ("sent", "", "mention")}


def test_whoever_follows_it_anyway_is_told_for_that(mail: MailServer, bram, thread, called: Post) -> None:
    """D6. Not mailed yet: as of any post. Mailed: the ledger keeps that it was a call."""
    follows(bram, thread)
    take_back(called)
    assert {row[2] for row in ledger(bram).values()} == {"following"} and inbox_of(bram).followed
    sweep()
    (received,) = mail.to(bram.email)
    assert "mentioned" not in received.text and "noemde je" not in received.text
    second = reply(User.objects.get(role="coordinator"), thread, CALLED, at=MORNING + timedelta(hours=1))
    sweep(MORNING + DAY)
    take_back(second, MORNING + DAY)
    assert "you were mentioned" in said(bram, second) and not inbox_of(bram).personal


def test_who_begins_to_follow_after_it_was_taken_back_is_not_told_of_it(
    mail: MailServer, bram, thread, called
) -> None:
    """N12. A later edit brings back no call."""
    take_back(called)
    follows(bram, thread)
    take_back(called, text="Laat toch maar.")
    sweep()
    assert not mail.to(bram.email) and inbox_of(bram).is_empty


def test_a_mail_that_is_being_sent_tells_the_truth_about_itself(mail: MailServer, bram, called: Post) -> None:
    """N5, N7. Leased at this moment: what leaves is marked as sent, and nothing else is."""
    issues.plan(now=MORNING)
    key, ids = issues.lease(now=MORNING)
    take_back(called)
    assert ledger(bram)["mail"] == ("planned", "", "mention")  # whoever has it asks for itself
    sending.send_round(ids, key, clock=sending.Clock(MORNING))
    assert not mail.to(bram.email) and ledger(bram)["mail"][:2] == ("suppressed", "level")
