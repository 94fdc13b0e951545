"""Discreet mail over a real conversation: the same bytes, envelope and minute, however much happened (N4).

Its Date is part of the bytes: they are equal under one clock. It is told to the minute, so that it doesn't say either
for how long the worker was busy before it. What the token is made of is random, and told before anything is rendered.
"""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from discussions.models import Space, Thread
from notifications.actions import notes
from notifications.models.reachability import NoteKind
from tests.harness.mail import MailServer, Received
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOW = {
    "daily": {"rhythm": "daily"},
    "weekly": {"rhythm": "weekly", "weekday": 2},
    "at once": {"rhythm": "at_once"},
    "on another day": {"rhythm": "weekly", "weekday": 5},
    "steady daily": {"rhythm": "daily", "is_steady": True},
    "steady weekly": {"rhythm": "weekly", "weekday": 2, "is_steady": True},
}


@pytest.fixture
def reader(mail: MailServer, cas: User, space: Space) -> User:
    """Whose key to stop mail was made by a mail before."""
    follows(wants(cas, detail="discreet", is_steady=True), space, "watching")
    sweep(MORNING - 7 * DAY)
    mail.clear()
    return cas


def happens(number: int, anna: User, bram: User, space: Space, thread: Thread) -> None:
    """In several threads, by two names, calling and not, in the order of an ordinary night."""
    for one in range(number):
        where = thread if one % 3 else open_thread(bram, space, f"Gesprek {one}", "Tekst.", is_history=True)
        call = " voor @cas" if one % 2 else ""
        reply(anna if one % 5 else bram, where, f"Nummer {one}{call}." * (one + 1), at=BEFORE + timedelta(seconds=one))


def left(mail: MailServer, until: datetime, since: datetime) -> tuple[Received, int]:
    """The only mail of a world in which the clock ticks every minute, and at which minute it left."""
    minute = 0
    while since + timedelta(minutes=minute) <= until and not mail.inbox:
        sweep(since + timedelta(minutes=minute))
        minute += 1
    (received,) = mail.inbox
    return received, minute - 1


def world(
    number: int, how: str, mail: MailServer, reader: User, happen: Any
) -> tuple[bytes, str, tuple[str, ...], int]:
    """All that whoever keeps the line sees of the mail: its bytes and the envelope, with the token taken out, what was
    said beside, and the minute. The world is taken back afterwards."""
    with transaction.atomic():
        wants(reader, **({"detail": "discreet", "is_steady": False} | HOW[how]))
        happen(number)
        since = (BEFORE if how == "at once" else MORNING) - timedelta(minutes=3)
        received, minute = left(mail, since + timedelta(minutes=20), since)
        transaction.set_rollback(True)
    mail.clear()
    (token,) = re.findall(rb"Message-ID: <([0-9a-f]{32})@", received.raw)
    proof = re.sub(r"(?<=\.)[0-9a-f]{16}(?=@)", "", received.sender)
    assert received.raw.count(token) == 1 and received.recipients == [reader.email]
    return received.raw.replace(token, b""), proof.replace(token.decode(), ""), received.said, minute


WAYS = [("daily", ""), *((how, "antwoord.invalid") for how in sorted(set(HOW) - {"on another day"}))]


@pytest.mark.parametrize(("how", "reply_domain"), WAYS)
def test_however_much_happened_it_is_the_same_mail(
    mail: MailServer, settings: Any, anna, bram, space, thread, reader, how: str, reply_domain: str
) -> None:
    """N4. Every header in its order, every part, the size that is told, sender and recipient of the envelope, and the
    minute; for a steady member also when nothing happened."""
    settings.REPLY_DOMAIN = reply_domain
    numbers = (0, 1, 100) if "steady" in how else (1, 100)
    seen = [world(number, how, mail, reader, lambda n: happens(n, anna, bram, space, thread)) for number in numbers]
    first = seen[0]
    assert all(one == first for one in seen)
    assert any(said.lower().startswith("size=") for said in first[2])
    assert b"Date: Wed, 04 Mar 2026 0" in first[0] and re.search(rb"Date: .*:00 \+0000\r\n", first[0])


def test_what_the_coordinators_decided_is_mailed_as_any_other_news(
    mail: MailServer, settings: Any, anna, bram, space, thread, reader
) -> None:
    """N4, D13. Nobody sees by header, envelope or second that this one is about a decision."""
    settings.REPLY_DOMAIN = "antwoord.invalid"

    def decided(_number: int) -> None:
        notes.leave(recipient=reader, kind=NoteKind.DECIDED, at=MORNING)

    news = world(1, "daily", mail, reader, lambda n: happens(n, anna, bram, space, thread))
    note = world(1, "on another day", mail, reader, decided)
    dates = [re.findall(rb"Date: (.*)\r\n", raw)[0] for raw, *_rest in (note, news)]
    assert all(date.endswith(b":00 +0000") for date in dates)
    assert note[0].replace(dates[0], b"") == news[0].replace(dates[1], b"") and note[1:3] == news[1:3]
