"""Handing a message to the mail server over a connection that shows nothing of the machine."""

import re
import smtplib
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoEmailBackend
from django.core.mail.message import sanitize_address
from django.core.mail.utils import DNS_NAME

from swexpertise.mail.message import Message


class EmailBackend(DjangoEmailBackend):
    """Django's, but greets with the configured domain only (N14).

    Without a name Django looks up the machine's own, on the network, and tells it to the mail server.
    """

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
