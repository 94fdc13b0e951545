"""Handing a message to the mail server over a connection that shows nothing of the machine."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoEmailBackend
from django.core.mail.utils import DNS_NAME


class EmailBackend(DjangoEmailBackend):
    """Django's, but greets with the configured domain only (N14).

    Without a name Django looks up the machine's own, on the network, and tells it to the mail server.
    """

    def open(self) -> bool | None:
        DNS_NAME._fqdn = settings.MAIL_DOMAIN  # the cache of the machine's name
        return super().open()


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
