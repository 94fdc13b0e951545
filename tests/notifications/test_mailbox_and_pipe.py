"""Mail comes in as it does in production: over SMTP into a file and through the pipe, or by IMAP from a Dovecot."""

import signal
import smtplib
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import timezone

from notifications.actions import rounds
from notifications.crash import TAKING
from notifications.inbound import mailbox as reading
from notifications.inbound.mailbox import read_mailbox
from notifications.models import Inbound, ParkedReply
from notifications.models.inbound import Reason, State
from notifications.tasks import read_mailbox as task
from swexpertise.schedule import TIMETABLE
from swexpertise.start import processes
from swexpertise.start.places import ROOT
from tests.harness.dovecot import PASSWORD, USER, Mailbox
from tests.notifications.answering import DOMAIN, OUR_SERVER, answer, replies_by, told
from tests.notifications.test_bounces import report, score

pytestmark = pytest.mark.django_db(transaction=True)
MANAGE = [sys.executable, str(ROOT / "manage.py"), "receive_mail"]


@pytest.fixture(autouse=True)
def by_mail(settings: Any) -> None:
    settings.REPLY_DOMAIN, settings.TRUSTED_AUTHSERV_ID = DOMAIN, OUR_SERVER


@pytest.fixture
def received(mail, bram, cas, thread):
    """Just now, since other processes have a clock of their own."""
    return told(mail, cas, bram, thread, at=timezone.now())


# The pipe


@pytest.fixture
def pipe_env(child_env: dict[str, str]) -> dict[str, str]:
    return child_env | {"REPLY_DOMAIN": DOMAIN, "TRUSTED_AUTHSERV_ID": OUR_SERVER}


def pipe(raw: bytes, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*MANAGE, *arguments], input=raw, env=env, capture_output=True, timeout=60, check=False)


def test_an_answer_over_smtp_through_a_file_and_the_pipe_becomes_a_post(
    received, cas, pipe_env, tmp_path: Path
) -> None:
    """N17, N19. A real listener, a real file, a real process; the second delivery of the same mail changes nothing."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path / "box"
    command = [
        sys.executable,
        "-m",
        "swexpertise.start.mailsink",
        "--folder",
        str(folder),
        "--listen",
        f"127.0.0.1:{port}",
    ]
    with (tmp_path / "log").open("wb") as log:
        sink = processes.start(command, env=pipe_env, output=log, cwd=ROOT)
    try:
        assert processes.wait_until(lambda: _listens(port), within=20)
        with smtplib.SMTP("127.0.0.1", port, local_hostname="cast.invalid", timeout=10) as line:
            line.send_message(answer(received), cas.email, [str(received.message["Reply-To"])])
    finally:
        processes.stop(sink)
    (file,) = folder.glob("*.eml")
    to, sender = f"--to={received.message['Reply-To']}", f"--from={cas.email}"
    for arguments in ([to, sender], [to, sender], []):
        done = pipe(file.read_bytes(), pipe_env, *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert replies_by(cas) == ["In de bibliotheek."]
    assert Inbound.objects.get().state == State.DONE


@pytest.mark.parametrize("moment", TAKING)
def test_whoever_takes_a_mail_is_killed_and_there_is_one_post(received, cas, pipe_env, moment: str) -> None:
    """N19. The sweep does what is left; the mail server tries again, and that changes nothing."""
    raw, arguments = bytes(answer(received)), [f"--to={received.message['Reply-To']}", f"--from={cas.email}"]
    assert pipe(raw, pipe_env | {"CRASH_AT": moment}, *arguments).returncode == -signal.SIGKILL
    assert len(replies_by(cas)) == (1 if moment == "after keeping" else 0)
    rounds.sweep(now=timezone.now())
    assert pipe(raw, pipe_env, *arguments).returncode == 0
    assert replies_by(cas) == ["In de bibliotheek."] and Inbound.objects.get().state == State.DONE


def test_a_bounce_through_the_pipe_is_counted(received, cas, pipe_env) -> None:
    """N21."""
    done = pipe(report(received), pipe_env, f"--to={received.sender}", "--from=")
    assert done.returncode == 0 and score(cas) == 2


def test_without_a_database_the_mail_server_is_asked_to_try_again(received, cas, pipe_env) -> None:
    """Exit code 75, and neither a trace nor an address in what it says."""
    away = pipe_env | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = pipe(bytes(answer(received)), away, f"--to={received.message['Reply-To']}", f"--from={cas.email}")
    assert done.returncode == 75 and b"Traceback" not in done.stderr and b"cas@" not in done.stderr
    assert not Inbound.objects.exists()


def test_without_a_domain_no_mail_is_expected(pipe_env) -> None:
    assert pipe(b"x", pipe_env | {"REPLY_DOMAIN": ""}, "--to=x@y.invalid").returncode == 64


def test_a_mail_of_forty_megabytes_is_taken_without_its_body(received, cas, pipe_env) -> None:
    """All of it is read, so that the mail server isn't cut off; its writer hears that it can't be read."""
    raw = bytes(answer(received)) + b"a" * 40_000_000
    done = pipe(raw, pipe_env, f"--to={received.message['Reply-To']}", f"--from={cas.email}")
    assert done.returncode == 0
    assert ParkedReply.objects.get().reason == Reason.UNREADABLE and Inbound.objects.get().is_too_large


# The mailbox


@pytest.fixture
def box(dovecot: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Read with TLS; its certificate is trusted."""
    settings.IMAP_HOST, settings.IMAP_PORT, settings.IMAP_SECURITY = "localhost", dovecot.tls, "tls"
    settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER = USER, PASSWORD, "INBOX"
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    return dovecot


def deliver(box: Mailbox, raw: bytes, received: Any, *, sender: str) -> None:
    box.deliver(raw, recipient=str(received.message["Reply-To"]), sender=sender)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_answer_in_a_mailbox_becomes_a_post_and_leaves_it(box, received, cas, settings, security: str) -> None:
    """N17, N19. By the task of the timetable; reading again finds nothing."""
    settings.IMAP_SECURITY, settings.IMAP_PORT = security, box.tls if security == "tls" else box.plain
    deliver(box, bytes(answer(received)), received, sender=cas.email)
    assert task.name in {job["task"] for job in TIMETABLE.values()}
    task()
    assert replies_by(cas) == ["In de bibliotheek."] and box.waiting == 0
    deliver(box, bytes(answer(received)), received, sender=cas.email)
    assert read_mailbox(now=timezone.now()) == 1 and read_mailbox(now=timezone.now()) == 0
    assert replies_by(cas) == ["In de bibliotheek."]


def test_an_absence_and_a_bounce_in_a_mailbox(box, received, cas) -> None:
    """N19, N21. An empty Return-Path; a report at the address that the mail left by."""
    deliver(box, bytes(answer(received)), received, sender="")
    box.deliver(report(received), recipient=received.sender, sender="")
    assert read_mailbox(now=timezone.now()) == 2
    assert replies_by(cas) == [] and score(cas) == 2


def test_what_is_for_nobody_of_ours_stays(box, received) -> None:
    box.deliver(b"From: a@b.invalid\r\nTo: x@y.invalid\r\n\r\nHoi\r\n", recipient="x@y.invalid", sender="a@b.invalid")
    assert read_mailbox(now=timezone.now()) == 0 and read_mailbox(now=timezone.now()) == 0
    assert box.waiting == 1 and not Inbound.objects.exists()


def test_a_bad_mail_holds_up_no_other(box, received, cas, settings) -> None:
    """Too large, broken, a head without end: each is taken once, and the good one behind it is posted."""
    settings.INBOUND_MOST_BYTES = 200_000
    deliver(box, bytes(answer(received, "Te groot.")) + b"a" * 300_000, received, sender=cas.email)
    deliver(
        box,
        b"From: cas@cast.invalid\r\nMessage-ID: <9@x>\r\n\xff\x01 no colon\r\n\r\n\xff",
        received,
        sender=cas.email,
    )
    box.deliver(b"X-A: " + b"a" * 150_000 * 2 + b"\r\n\r\n", recipient="x@y.invalid", sender="")
    deliver(box, bytes(answer(received)), received, sender=cas.email)
    for _round in range(3):
        read_mailbox(now=timezone.now())
    assert replies_by(cas) == ["In de bibliotheek."] and box.waiting == 1
    assert Reason.UNREADABLE in set(ParkedReply.objects.values_list("reason", flat=True))


def test_what_cannot_be_stored_stays_in_the_mailbox(box, received, cas, monkeypatch) -> None:
    """The database goes away between reading and storing; the next round finds the mail."""

    def away(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    deliver(box, bytes(answer(received)), received, sender=cas.email)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "receive", away)
        with pytest.raises(DatabaseError):
            read_mailbox(now=timezone.now())
    assert box.waiting == 1
    assert read_mailbox(now=timezone.now()) == 1 and replies_by(cas) == ["In de bibliotheek."]


def test_nothing_is_read_without_tls_or_from_a_server_that_nobody_trusts(
    box, received, cas, settings, monkeypatch, caplog
) -> None:
    """N16. A bad certificate, a server that isn't there, another password: a line in the log, and the mail stays."""
    deliver(box, bytes(answer(received)), received, sender=cas.email)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert read_mailbox(now=timezone.now()) == 0
    settings.IMAP_SECURITY, settings.IMAP_PORT = "starttls", box.plain
    assert read_mailbox(now=timezone.now()) == 0
    settings.IMAP_SECURITY, settings.IMAP_PASSWORD = "none", "een-ander"
    settings.IMAP_HOST = "127.0.0.1"
    assert read_mailbox(now=timezone.now()) == 0
    settings.IMAP_PORT = 1
    assert read_mailbox(now=timezone.now()) == 0
    settings.IMAP_HOST = "192.0.2.1"
    with pytest.raises(ImproperlyConfigured):
        read_mailbox(now=timezone.now())
    assert box.waiting == 1 and caplog.text.count("the mailbox can't be read") == 4
    assert USER not in caplog.text and "cas@" not in caplog.text


def test_without_a_mailbox_nothing_is_read(settings) -> None:
    settings.IMAP_HOST = ""
    assert read_mailbox(now=timezone.now()) == 0


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
