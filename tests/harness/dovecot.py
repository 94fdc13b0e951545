"""Debian's Dovecot for one test: a mailbox that is read by IMAP, plain and with TLS, with files of its own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from swexpertise.start import processes
from swexpertise.start.test import program

USER, PASSWORD = "antwoord", "een-wachtwoord"
CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{home}/mail
{users}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail
}}
"""


@dataclass
class Mailbox:
    """`plain` and `tls` are ports on 127.0.0.1; `certificate` is what a client has to trust."""

    home: Path
    plain: int
    tls: int
    owner: tuple[int, int]
    process: subprocess.Popen[bytes]

    @property
    def certificate(self) -> Path:
        return self.home / "cert.pem"

    def deliver(self, raw: bytes, *, recipient: str, sender: str) -> None:
        """As a mail server does at the last step: who it was from and for on top, whole into the folder."""
        head = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
        name = f"{time.time_ns()}.test"
        new = self.home / "mail" / "tmp" / name
        new.write_bytes(head + raw)
        os.chown(new, *self.owner)
        new.rename(self.home / "mail" / "new" / name)

    @property
    def waiting(self) -> int:
        """Mails in the mailbox, read or not."""
        return sum(1 for folder in ("new", "cur") for _file in (self.home / "mail" / folder).iterdir())

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")


@pytest.fixture
def dovecot() -> Iterator[Mailbox]:
    binary = program("dovecot-imapd")
    assert binary, "Dovecot is missing. `make test` installs it; on Debian: apt install dovecot-imapd"
    home = Path(tempfile.mkdtemp(prefix="swx-imap-"))  # short, since sockets lie in it, and open to other accounts
    home.chmod(0o755)
    try:
        mailbox = _start(binary, home)
        yield mailbox
        processes.stop(mailbox.process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _start(binary: str, home: Path) -> Mailbox:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        uid, gid, users = nobody.pw_uid, nobody.pw_gid, ""
    else:
        uid, gid = os.geteuid(), os.getegid()
        me = pwd.getpwuid(uid).pw_name
        users = f"default_internal_user = {me}\ndefault_login_user = {me}"
    for folder in ("mail", "mail/new", "mail/cur", "mail/tmp"):
        (home / folder).mkdir()
        os.chown(home / folder, uid, gid)
    plain, tls = _free_port(), _free_port()
    _certificate(home)
    config = home / "dovecot.conf"
    config.write_text(CONFIG.format(home=home, plain=plain, tls=tls, uid=uid, gid=gid, users=users, password=PASSWORD))
    with (home / "out").open("wb") as output:
        process = processes.start([binary, "-F", "-c", str(config)], env=dict(os.environ), output=output, cwd=home)
    mailbox = Mailbox(home, plain, tls, (uid, gid), process)
    if not processes.wait_until(lambda: _answers(plain) or process.poll() is not None, within=20) or process.poll():
        raise RuntimeError(f"Dovecot did not start:\n{(home / 'out').read_text()}\n{mailbox.log()}")
    return mailbox


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as made:
            return made.recv(4) == b"* OK"
    except OSError:
        return False


def _certificate(home: Path) -> None:
    """For localhost, signed by itself; nobody trusts it who isn't told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (home / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (home / "key.pem").write_bytes(private)
    (home / "key.pem").chmod(0o600)
