"""Handing a message to the mail server over a connection that shows nothing of the machine."""

import re
import smtplib
import ssl
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoEmailBackend
from django.core.mail.message import sanitize_address
from django.core.mail.utils import DNS_NAME

from swexpertise.mail.message import Message


class Trouble(StrEnum):
    """Why no mail leaves at all. Whoever looks after the server has something else to do about each (N16)."""

    NO_TLS = "no_tls"
    CERTIFICATE = "certificate"
    LOGIN = "login"
    AWAY = "away"


class Unanswered(smtplib.SMTPServerDisconnected):
    """The whole mail was handed over and no answer came: it may have been taken, or not (N9)."""


class NoTls(smtplib.SMTPNotSupportedError):
    """The settings ask for TLS, and the mail server doesn't speak it: nothing leaves in the clear."""


class LoginRefused(smtplib.SMTPException):
    """The mail server doesn't know us by the name and password of the settings."""


class Conversation(smtplib.SMTP):
    """Python's, but tells apart what went wrong."""

    def starttls(self, *args: Any, **options: Any) -> Any:
        try:
            return super().starttls(*args, **options)
        except ssl.SSLCertVerificationError:
            raise
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException, ssl.SSLError) as error:
            raise NoTls(type(error).__name__) from error

    def login(self, *args: Any, **options: Any) -> Any:
        try:
            return super().login(*args, **options)
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise LoginRefused(type(error).__name__) from error

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, reply = self.docmd("data")
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        self.send(STARTS_WITH_A_DOT.sub(b"..", msg) + (b"" if msg.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        try:
            return self.getreply()
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise Unanswered("no answer") from error


STARTS_WITH_A_DOT = re.compile(rb"(?m)^\.")


class EmailBackend(DjangoEmailBackend):
    """Django's, but greets with the configured domain only (N14).

    Without a name Django looks up the machine's own, on the network, and tells it to the mail server.
    """

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return smtplib.SMTP_SSL if self.use_ssl else Conversation

    def open(self) -> bool | None:
        DNS_NAME._fqdn = settings.MAIL_DOMAIN  # the cache of the machine's name
        return super().open()

    def _send(self, email_message: EmailMessage) -> bool:
        """A message of ours goes as it is, without being taken apart and put together again."""
        if not isinstance(email_message, Message):
            return bool(super()._send(email_message))  # type: ignore[misc]  # the stubs know no method of Django's own
        server = self.connection
        if server is None:
            return False
        server.ehlo_or_helo_if_needed()
        eight_bit = server.has_extn("8bitmime")
        wire = email_message.wire(eight_bit=eight_bit)
        options = [] if not eight_bit or wire.isascii() else ["BODY=8BITMIME"]
        server.sendmail(_bare(email_message.from_email), [_bare(to) for to in email_message.to], wire, options)
        return True


PLAIN = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+")


@lru_cache(maxsize=1024)
def _bare(address: str) -> str:
    """Without the name beside it, and its domain as a mail server wants to read it."""
    if PLAIN.fullmatch(address):
        return address
    return parseaddr(sanitize_address(address, settings.DEFAULT_CHARSET))[1]


def open_connection() -> BaseEmailBackend:
    """An open connection, to be closed by the caller. Raises OSError or smtplib.SMTPException when there is no server,
    or none that speaks TLS where the settings ask for it: then nothing has left."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        connection.close()
        raise
    return connection


def deliver(message: EmailMessage, connection: BaseEmailBackend | None = None) -> None:
    """Returns when the server has taken the message. Raises smtplib.SMTPException or OSError with its answer."""
    if connection is not None:
        connection.send_messages([message])
        return
    connection = open_connection()
    try:
        connection.send_messages([message])
    finally:
        connection.close()


def trouble_of(error: Exception) -> Trouble:
    """What an error of `open_connection` means."""
    if isinstance(error, NoTls):
        return Trouble.NO_TLS
    if isinstance(error, ssl.SSLError):
        return Trouble.CERTIFICATE
    return Trouble.LOGIN if isinstance(error, LoginRefused) else Trouble.AWAY


def is_for_later(error: Exception) -> bool:
    """Whether trying again makes sense: anything but a lasting refusal (5xx)."""
    return not 500 <= _code(error) <= 599


def in_short(error: Exception) -> str:
    """What a coordinator may read of an error: its kind and code; never an address or a text of the server."""
    code = _code(error)
    return f"{code} {type(error).__name__}" if code else type(error).__name__


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _text in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
