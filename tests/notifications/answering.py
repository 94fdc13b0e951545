"""Answering by mail, as a member's mail program and our own mail server do it."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from accounts.models import User
from discussions.models import Post, Thread
from notifications.inbound.receiving import receive
from notifications.models import Inbound
from tests.harness.mail import MailServer, Received
from tests.notifications.conftest import MORNING, follows, reply, sweep, wants

DOMAIN, OUR_SERVER = "antwoord.invalid", "mx.antwoord.invalid"
TOLD = MORNING - timedelta(hours=2)
NOW = MORNING


def told(
    mail: MailServer, member: User, by: User, thread: Thread, text: str = "Wie weet een plek?", at: datetime = TOLD
) -> Received:
    """`member` gets a mail at once about a post of `by`."""
    before = len(mail.to(member.email))
    follows(wants(member, rhythm="at_once"), thread)
    reply(by, thread, text, at=at - timedelta(minutes=30))
    sweep(at)
    received = mail.to(member.email)
    assert len(received) == before + 1
    return received[-1]


def proof(domain: str = "cast.invalid", result: str = "pass", server: str = OUR_SERVER) -> str:
    return f"{server}; dmarc={result} (p=reject) header.from={domain}; spf=pass smtp.mailfrom=bounces@other.invalid"


def answer(
    received: Received, text: str = "In de bibliotheek.", *, sender: str = "", shown: str = "", **headers: str
) -> EmailMessage:
    """As a mail program would, with the result of our server's check on top."""
    mail = EmailMessage()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    checked = given.pop("Authentication-Results", proof())
    if checked:
        mail["Authentication-Results"] = checked
    address = sender or received.recipients[0]
    mail["From"] = f"{shown} <{address}>" if shown else address
    mail["To"] = str(received.message["Reply-To"])
    mail["Subject"] = f"Re: {received.message['Subject']}"
    mail["Message-ID"] = given.pop("Message-ID", f"<{hash(text) % 10**12}.{address}>")
    mail["In-Reply-To"] = str(received.message["Message-ID"])
    for name, value in given.items():
        mail[name] = value
    quoted = "\n".join(f"> {line}" for line in received.text.split("\n"))
    said = "Op wo 4 mrt 2026 om 08:00 schreef Swexpertise <post@swexpertise.invalid>:"
    mail.set_content(f"{text}\n\n{said}\n\n{quoted}\n")
    return mail


def comes_in(mail: EmailMessage | bytes, received: Received, **more: Any) -> Inbound | None:
    """What our mail server hands over."""
    raw = mail if isinstance(mail, bytes) else bytes(mail)
    more = {
        "envelope_to": str(received.message["Reply-To"]),
        "envelope_from": received.recipients[0],
        "now": NOW,
    } | more
    return receive(raw, **more)


def replies_by(member: User) -> list[str]:
    return list(Post.objects.filter(author__holder=member).order_by("pk").values_list("source", flat=True))
