"""What goes over the line: the same bytes when it must be, one conversation for one thread, TLS or nothing."""

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.test import Client

from notifications import post_office
from notifications.models import Issue, MailTrouble, Watch
from notifications.models.issue import State
from swexpertise.mail import open_connection
from tests.cast import client_of, make_member
from tests.harness.mail import MailServer
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def bytes_of_a_world_with(events: int, mail, anna, cas, thread) -> bytes:
    """What Cas is mailed, in a world that is taken back afterwards."""
    with transaction.atomic():
        for number in range(events):
            reply(anna, thread, f"Nummer {number} voor @cas.", at=BEFORE + timedelta(seconds=number))
        sweep(MORNING + timedelta(seconds=events % 50))
        transaction.set_rollback(True)
    (received,) = mail.to(cas.email)
    mail.clear()
    return received.message.as_bytes()


@pytest.mark.parametrize("steady", [False, True])
def test_one_event_and_a_hundred_differ_in_one_token(mail, anna, cas, thread, steady) -> None:
    """N4. Date, parts and links too: whoever sees the mail can't tell how much happened."""
    follows(wants(cas, detail="discreet", is_steady=steady), thread)
    sweep(MORNING - DAY)  # its key to stop is made
    mail.clear()
    one, hundred = (bytes_of_a_world_with(number, mail, anna, cas, thread) for number in (1, 100))
    tokens = [re.findall(rb"Message-ID: <([0-9a-f]{32})@", whole) for whole in (one, hundred)]
    assert [len(found) for found in tokens] == [1, 1]
    assert one.replace(tokens[0][0], b"") == hundred.replace(tokens[1][0], b"")


def test_what_is_told_at_once_of_one_thread_is_one_conversation(mail, anna, bram, cas, space, thread) -> None:
    """N14. Same subject, same root; another thread, another member or an overview is another conversation."""
    other = open_thread(anna, space, "Iets anders", "Tekst.", is_history=True)
    for reader in (cas, anna):
        follows(wants(reader, rhythm="at_once"), thread)
        follows(reader, other)
    for hour, where in ((0, thread), (1, thread), (2, other)):
        reply(bram, where, "Zeg @cas" if hour == 1 else "Ja.", at=BEFORE + timedelta(hours=hour))
        sweep(BEFORE + timedelta(hours=hour, minutes=11))
    first, second, third = (received.message for received in mail.to(cas.email))
    assert first["Subject"] == second["Subject"] == "Prikken op locatie" and third["Subject"] == "Iets anders"
    assert first["In-Reply-To"] == first["References"] == second["References"] == second["In-Reply-To"]
    roots = {received.message["References"] for received in mail.inbox}
    assert len(roots) == 4  # two readers, two threads
    assert all(re.fullmatch(r"<[0-9a-f]{32}@swexpertise\.invalid>", root) for root in roots)
    assert len({received.message["Message-ID"] for received in mail.inbox}) == len(mail.inbox)


def test_a_discreet_mail_and_an_overview_belong_to_no_conversation(mail, anna, bram, cas, thread) -> None:
    """N4, N14."""
    follows(wants(cas, detail="discreet", rhythm="at_once"), thread)
    follows(wants(anna), thread)
    reply(bram, thread)
    sweep(BEFORE + timedelta(minutes=11))
    sweep()
    assert len(mail.inbox) == 2
    for received in mail.inbox:
        assert received.message["References"] is None and received.message["In-Reply-To"] is None


def test_a_mail_about_one_thread_says_how_to_stop_that_alone(mail, anna, bram, cas, space, thread) -> None:
    """N15. Looking changes nothing; a POST mutes; the rest goes on."""
    follows(wants(cas), space)
    reply(bram, thread)
    sweep()
    (received,) = mail.to(cas.email)
    (link,) = set(re.findall(r"https://swexpertise\.invalid(/notifications/stop/\w+/thread/\d+/)", received.text))
    assert link in received.html and "Geen mail meer over dit gesprek" in received.html
    for method in ("get", "head"):
        assert getattr(Client(), method)(link).status_code == 200
    assert not Watch.objects.filter(user=cas, thread=thread).exists()
    Client().post(link)
    assert Watch.objects.get(user=cas, thread=thread).level == "muted"
    reply(bram, thread, at=MORNING + timedelta(hours=1))
    reply(bram, open_thread(anna, space, "Iets anders", "Tekst.", is_history=True), at=MORNING + timedelta(hours=1))
    sweep(MORNING + DAY)
    assert "Iets anders" in mail.to(cas.email)[1].text and "Prikken" not in mail.to(cas.email)[1].text


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """Of a server that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate", folder / "key")
    return context


class Overheard:
    """What a mail server was told; and all that ever went over its lines, in the clear or not, is `received`."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.received.append(envelope.original_content)
        return "250 2.0.0 Kept"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def unknown_server(settings, tmp_path) -> Iterator[Overheard]:
    """Speaks STARTTLS with a certificate that nobody signed."""
    kept = Overheard()
    port = free_port()
    server = Controller(kept, hostname="127.0.0.1", port=port, tls_context=certificate(tmp_path, "127.0.0.1"))
    server.start()
    settings.EMAIL_BACKEND = "swexpertise.mail.delivering.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT, settings.EMAIL_USE_TLS = "127.0.0.1", 5, True
    settings.EMAIL_PORT = port
    yield kept
    server.stop()


def waits(cas, thread) -> bool:
    issue = Issue.objects.get(recipient=cas)
    return issue.state == State.PLANNED and issue.attempts == 0


def test_a_certificate_that_nobody_signed_keeps_everything_here(unknown_server, bram, cas, thread) -> None:
    """N16. Nothing leaves, it waits without an attempt counted, and coordinators see that mail stands still."""
    with pytest.raises(ssl.SSLCertVerificationError):
        open_connection()
    follows(wants(cas), thread)
    reply(bram, thread, "Kanariegeel.")
    for minute in range(0, 30, 2):
        sweep(MORNING + timedelta(minutes=minute))
    assert not unknown_server.received and waits(cas, thread)
    later = MORNING + timedelta(minutes=30)
    assert post_office.look(now=later).is_late(later)


def said_to(user) -> str:
    return unescape(client_of(user).get("/notifications/delivery/").content.decode())


def test_coordinators_are_told_why_once_and_it_goes_when_it_is_over(
    mail: MailServer, settings, bram, cas, thread, coordinator
) -> None:
    """N16. On the site, since mail can't; one notice, however many mails wait and however long."""
    settings.EMAIL_USE_TLS = True
    for number in range(3):
        follows(wants(make_member(f"Lid {number}")), thread)
    reply(bram, thread, "Kanariegeel.")
    for minute in (0, 2, 4):
        sweep(MORNING + timedelta(minutes=minute))
    assert not mail.attempts
    trouble = MailTrouble.objects.get()
    assert trouble.kind == "no_tls" and trouble.since < MORNING + timedelta(minutes=1)
    said = said_to(coordinator)
    assert said.count("de mailserver spreekt geen TLS") == 1 and "om STARTTLS aan te zetten" in said
    assert "mail staat stil" not in said and "Kanariegeel" not in said
    inbox = unescape(client_of(coordinator).get("/notifications/").content.decode())
    assert inbox.count("Er gaat geen mail weg: de mailserver spreekt geen TLS.") == 1
    assert "Er gaat geen mail weg" not in unescape(client_of(cas).get("/notifications/").content.decode())
    settings.EMAIL_USE_TLS = False
    sweep(MORNING + timedelta(minutes=6))
    assert len(mail.inbox) == 3 and not MailTrouble.objects.exists()
    assert "geen TLS" not in said_to(coordinator)


def test_it_is_over_also_when_nothing_waits_any_more(mail: MailServer, settings, bram, cas, thread) -> None:
    """N16. A connection is tried every minute, as long as there is trouble."""
    settings.EMAIL_USE_TLS = True
    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    assert MailTrouble.objects.exists()
    follows(cas, thread, "muted")
    settings.EMAIL_USE_TLS = False
    sweep(MORNING + timedelta(minutes=1))
    assert not MailTrouble.objects.exists() and not mail.inbox


def test_a_bad_certificate_is_told_apart(unknown_server, bram, cas, thread, coordinator) -> None:
    """N16."""
    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    assert MailTrouble.objects.get().kind == "certificate"
    assert "certificaat van de mailserver is niet te vertrouwen" in said_to(coordinator)


def test_a_server_that_is_away_is_told_apart(mail: MailServer, settings, bram, cas, thread, coordinator) -> None:
    """N16. When it becomes another trouble, the new one is told in its place."""
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    follows(wants(cas), thread)
    reply(bram, thread)
    sweep()
    assert MailTrouble.objects.get().kind == "away" and "de mailserver antwoordt niet" in said_to(coordinator)
    settings.EMAIL_PORT, settings.EMAIL_USE_TLS = port, True
    sweep(MORNING + timedelta(minutes=2))
    assert MailTrouble.objects.get().kind == "no_tls" and "antwoordt niet" not in said_to(coordinator)


@pytest.mark.parametrize("asks", [True, False])
def test_a_refused_login_is_told_apart(settings, bram, cas, thread, coordinator, asks) -> None:
    """N16. Whether the server refuses the password, or knows no login at all. Nothing is said of the password."""
    kept = Overheard()
    refuses = {"authenticator": lambda *_about: AuthResult(success=False, handled=False), "auth_require_tls": False}
    server = Controller(kept, hostname="127.0.0.1", port=free_port(), **(refuses if asks else {}))
    server.start()
    settings.EMAIL_BACKEND = "swexpertise.mail.delivering.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "post", "zwijgkanarie"
    try:
        follows(wants(cas), thread)
        reply(bram, thread)
        sweep()
    finally:
        server.stop()
    assert not kept.received and waits(cas, thread)
    said = said_to(coordinator)
    assert "weigert onze naam en ons wachtwoord" in said and "zwijgkanarie" not in said


def test_a_server_that_speaks_no_tls_gets_nothing(mail: MailServer, settings, bram, cas, thread) -> None:
    """N16. When it speaks TLS again, all that waited goes once."""
    settings.EMAIL_USE_TLS = True
    follows(wants(cas), thread)
    reply(bram, thread, "Kanariegeel.")
    sweep()
    assert not mail.attempts and waits(cas, thread)
    settings.EMAIL_USE_TLS = False
    for minute in (2, 4):
        sweep(MORNING + timedelta(minutes=minute))
    assert len(mail.to(cas.email)) == 1
