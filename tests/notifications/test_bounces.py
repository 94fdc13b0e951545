"""Mail that comes back (N21): counted by what the report says, believed only at the address that we gave, and undone
by the member, without a flood."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from accounts.models import User
from notifications.actions import bounces, notes, rounds
from notifications.confirming import key_for
from notifications.inbound.receiving import receive
from notifications.models import Inbound, Issue, MailKey, Note, Reachability
from notifications.models.reachability import NoteKind
from tests.cast import client_of, make_member
from tests.harness.mail import Received
from tests.notifications.answering import DOMAIN
from tests.notifications.conftest import MORNING, follows, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RETURN_PATH = re.compile(r"bounce\+[0-9a-f]{32}\.[0-9a-f]{16}@antwoord\.invalid")


@pytest.fixture(autouse=True)
def by_mail(settings: Any) -> None:
    settings.REPLY_DOMAIN = DOMAIN


def report(received: Received, *, status: str = "5.1.1", action: str = "failed", number: int = 1) -> bytes:
    """As Postfix writes it, with the head of what came back."""
    return f"""From: MAILER-DAEMON@mx.cast.invalid (Mail Delivery System)
To: {received.sender}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report{number}.{received.sender}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Description: Notification

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.cast.invalid
Arrival-Date: Wed,  4 Mar 2026 07:00:00 +0000

Final-Recipient: rfc822; {received.recipients[0]}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} Recipient address rejected

--b1
Content-Type: text/rfc822-headers

Message-ID: {received.message["Message-ID"]}

--b1--
""".encode()


def comes_back(received: Received, **more: Any) -> Inbound | None:
    to = more.pop("to", received.sender)
    now = more.pop("now", MORNING)
    return receive(report(received, **more), envelope_to=to, envelope_from="", now=now)


def digests(mail: Any, member: User, by: User, thread: Any, count: int) -> list[Received]:
    """`count` daily digests, one after another."""
    follows(wants(member), thread)
    for day in range(count):
        reply(by, thread, f"Dag {day}", at=MORNING - timedelta(hours=3) + day * DAY)
        sweep(MORNING + day * DAY)
    received = mail.to(member.email)
    assert len(received) == count
    return received


def score(member: User) -> int:
    return Reachability.objects.filter(user=member).values_list("score", flat=True).first() or 0


@pytest.mark.parametrize(
    ("status", "action", "counts"),
    [
        ("5.1.1", "failed", 2),
        ("5.1.10", "failed", 2),
        ("5.4.1", "failed", 2),
        ("4.4.7", "failed", 1),
        ("5.2.2", "failed", 1),  # the mailbox is full
        ("5.7.1", "failed", 1),  # a filter, not the address
        ("", "failed", 1),
        ("4.4.1", "delayed", 0),
        ("2.1.5", "delivered", 0),
        ("5.1.1", "relayed", 0),
    ],
)
def test_soft_counts_one_and_hard_two(mail, bram, cas, thread, status: str, action: str, counts: int) -> None:
    """N21."""
    (received,) = digests(mail, cas, bram, thread, 1)
    assert RETURN_PATH.fullmatch(received.sender) and received.message["From"].endswith("<post@swexpertise.invalid>")
    assert "bounce+" not in received.message.as_string()
    comes_back(received, status=status, action=action)
    assert score(cas) == counts


@pytest.mark.parametrize("kind", ["decided", "waiting", "refused", "confirm"])
def test_a_note_comes_back_as_any_mail_does(mail, cas, kind: str) -> None:
    """N21, N4. By a return path that tells nobody that it was a note; twice is once, and a forged one nothing."""
    MailKey.objects.get_or_create(user=wants(cas))
    notes.leave(recipient=cas, kind=NoteKind(kind), at=MORNING)
    sweep()
    (received,) = mail.to(cas.email)
    assert RETURN_PATH.fullmatch(received.sender)
    comes_back(received, to=re.sub(r"\.[0-9a-f]{16}@", f".{'0' * 16}@", received.sender), number=3)
    assert score(cas) == 0
    for number in (1, 2):
        comes_back(received, number=number)
    assert score(cas) == 2


def test_at_four_delivery_stops_and_others_get_theirs(mail, anna, bram, cas, thread) -> None:
    """N21. Two hard ones; the digest, what is told at once and the notes all stop."""
    first, second = digests(mail, cas, bram, thread, 2)
    follows(wants(anna), thread)
    comes_back(first)
    assert not Reachability.objects.stopped().exists()
    comes_back(second)
    assert Reachability.objects.stopped().get().user == cas and Reachability.objects.stopped_count() == 1
    reply(bram, thread, "Niet per mail", at=MORNING + 2 * DAY - timedelta(hours=2))
    sweep(MORNING + 2 * DAY)
    assert len(mail.to(cas.email)) == 2 and len(mail.to(anna.email)) == 1
    assert not Issue.objects.filter(recipient=cas, window_to__gt=MORNING + DAY).exists()


def test_what_was_planned_already_waits_too(mail, bram, cas, thread) -> None:
    """N21. A mail that the server put off is not sent to an address that was given up meanwhile."""
    first, second = digests(mail, cas, bram, thread, 2)
    mail.answer("451 4.3.0 Later")
    reply(bram, thread, "Later", at=MORNING + 2 * DAY - timedelta(hours=2))
    sweep(MORNING + 2 * DAY)
    comes_back(first)
    comes_back(second)
    sweep(MORNING + 2 * DAY + timedelta(minutes=5))
    assert len(mail.to(cas.email)) == 2


def test_a_mail_counts_once_however_often_it_comes_back(mail, bram, cas, thread) -> None:
    """N21. Two servers on the way may both report."""
    (received,) = digests(mail, cas, bram, thread, 1)
    for number in range(5):
        comes_back(received, number=number)
    assert score(cas) == 2


@pytest.mark.parametrize(
    "to",
    [
        f"bounce+{'0' * 32}.{'0' * 16}@{DOMAIN}",
        "bounce+{local}.0000000000000000@antwoord.invalid",
        "bounce+{local}@antwoord.invalid",
        "bounce@antwoord.invalid",
        "post@antwoord.invalid",
        "bounce+{local}.{secret}@elders.invalid",
    ],
)
def test_a_forged_bounce_changes_nothing(mail, bram, cas, thread, to: str) -> None:
    """N21. Whoever knows the Message-ID, or nothing at all."""
    (received,) = digests(mail, cas, bram, thread, 1)
    local, _dot, secret = received.sender[len("bounce+") :].partition("@")[0].partition(".")
    for number in range(4):
        comes_back(received, number=number, to=to.format(local=local, secret=secret))
    assert not Reachability.objects.exists()


def test_a_bounce_of_the_address_before_does_not_count(mail, bram, cas, thread) -> None:
    """N21."""
    (received,) = digests(mail, cas, bram, thread, 1)
    User.objects.filter(pk=cas.pk).update(email="nieuw@cast.invalid")
    comes_back(received)
    assert score(cas) == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"From: cas@cast.invalid\nSubject: Automatisch antwoord: Overzicht\nMessage-ID: <1@x>\n\nIk ben er niet.\n",
        b"Subject: Undelivered\nMessage-ID: <2@x>\n\n550 5.1.1 User unknown\n",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n\xff\x00\n--x--",
        b"",
    ],
)
def test_what_is_no_report_counts_nothing(mail, bram, cas, thread, raw: bytes) -> None:
    """N21. An absence comes to the same address."""
    (received,) = digests(mail, cas, bram, thread, 1)
    receive(raw, envelope_to=received.sender, envelope_from="", now=MORNING)
    assert score(cas) == 0


def test_after_thirty_quiet_days_it_begins_anew(mail, bram, cas, thread) -> None:
    """N21."""
    first, second = digests(mail, cas, bram, thread, 2)
    comes_back(first)
    comes_back(second, now=MORNING + 31 * DAY)
    assert score(cas) == 2


def test_the_member_sees_it_on_every_page_and_can_begin_again(mail, bram, cas, thread, django_assert_max_num_queries):
    """N21. One mail is sent; its link works for this member only, and looking does nothing."""
    for received in digests(mail, cas, bram, thread, 2):
        comes_back(received)
    client = client_of(cas)
    for address in ("/notifications/", "/discussions/", thread.get_absolute_url(), "/nl/"):
        assert "Onze mail aan jou komt terug" in client.get(address, follow=True).content.decode(), address
    assert b"komt terug" not in client_of(bram).get("/discussions/").content
    client.get("/notifications/address/")
    with django_assert_max_num_queries(10):
        client.get("/notifications/address/")
    assert client.post("/notifications/address/").status_code == 302
    client.post("/notifications/address/")
    rounds.sweep(now=MORNING + 2 * DAY)
    asked = mail.to(cas.email)[2:]
    assert len(asked) == 1 and Note.objects.count() == 1
    link = re.search(r"https://swexpertise\.invalid(/notifications/address/\S+)", asked[0].text)[1]
    for other in (bram, make_member("Dirk")):
        client_of(other).post(link)
    client.get(link)
    assert Reachability.objects.stopped().exists()
    assert client.post(link).status_code == 302
    assert not Reachability.objects.exists()
    assert b"komt terug" not in client.get("/discussions/").content


def test_after_confirming_there_is_one_overview_and_no_flood(mail, bram, cas, thread) -> None:
    """N21, N6. What happened meanwhile comes as one digest, its window joined to the last one."""
    for received in digests(mail, cas, bram, thread, 2):
        comes_back(received)
    for day in range(2, 12):
        reply(bram, thread, f"Gemist {day}", at=MORNING + day * DAY - timedelta(hours=2))
        sweep(MORNING + day * DAY)
    bounces.confirm(by=cas, key=key_for(cas))
    for minute in range(3):
        sweep(MORNING + 12 * DAY + timedelta(minutes=minute))
    (overview,) = mail.to(cas.email)[2:]
    assert "Gemist 2" in overview.text and "10 nieuwe berichten van Bram" in overview.text
    windows = list(Issue.objects.filter(recipient=cas).order_by("window_from").values_list("window_from", "window_to"))
    assert all(end == start for (_from, end), (start, _to) in pairwise(windows))


def test_an_old_or_foreign_link_is_refused_in_words(mail, bram, cas, thread) -> None:
    for received in digests(mail, cas, bram, thread, 2):
        comes_back(received)
    client = client_of(cas)
    for key in ("x", "1:2:3", "0-" + "0" * 32 + ":1abc:xyz"):
        assert client.get(f"/notifications/address/{key}/").status_code == 200
        answered = client.post(f"/notifications/address/{key}/", follow=True)
        assert "Vraag een nieuwe aan" in answered.content.decode()
    assert Reachability.objects.stopped().exists()


def test_counting_is_safe_at_the_edge() -> None:
    member = make_member("Eva")
    for number in range(200):
        bounces.take(user=member, weight=2, at=MORNING + timedelta(minutes=number))
    assert score(member) == 100
