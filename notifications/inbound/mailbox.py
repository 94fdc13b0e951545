"""A mailbox read by IMAP, for whoever has no mail server of their own. Encrypted, except to this machine itself.

It must be for this alone: what is taken is deleted. What is for no address of ours stays, marked as read.
"""

import ipaddress
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from imaplib import IMAP4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from notifications.inbound.receiving import addresses_in, receive

logger = logging.getLogger(__name__)

MOST = 200  # mails in one round
TIMEOUT = 30


def read_mailbox(*, now: datetime) -> int:
    """How many mails were taken. A server that is away, or doesn't speak TLS where it must, is a line in the log.

    Raises django.db.Error when nothing can be stored. In both cases the mail stays where it is.
    """
    if not (settings.IMAP_HOST and settings.REPLY_DOMAIN):
        return 0
    try:
        with _open() as mailbox:
            return _take_all(mailbox, now)
    except (OSError, IMAP4.error, ImapToolsError, ssl.SSLError) as error:
        logger.warning("the mailbox can't be read: %s", type(error).__name__)
        return 0


def _take_all(mailbox: BaseMailBox, now: datetime) -> int:
    """One by one: stored, then deleted from the mailbox. The size is asked first, so that memory stays small."""
    taken = 0
    for uid in mailbox.uids(AND(seen=False))[:MOST]:
        raw, is_too_large = _fetch(mailbox, uid)
        addresses = addresses_in(raw)
        for address in addresses:
            receive(raw, envelope_to=address, envelope_from=None, now=now, is_too_large=is_too_large)
        if addresses:
            mailbox.delete([uid])
            taken += 1
        else:
            mailbox.flag([uid], MailMessageFlags.SEEN, True)
    return taken


def _fetch(mailbox: BaseMailBox, uid: str) -> tuple[bytes, bool]:
    """The mail; only its head when it is too large to be read."""
    _state, answer = mailbox.client.uid("fetch", uid, "(RFC822.SIZE)")
    digits = bytes(answer[0] or b"").rpartition(b"RFC822.SIZE ")[2].split(b")")[0].split()
    is_too_large = bool(digits) and int(digits[0]) > settings.INBOUND_MOST_BYTES
    _state, parts = mailbox.client.uid("fetch", uid, "(BODY.PEEK[HEADER])" if is_too_large else "(BODY.PEEK[])")
    return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), b""), is_too_large


@contextmanager
def _open() -> Iterator[BaseMailBox]:
    """Signed in, in its folder; closed whatever happens."""
    mailbox = _connected()
    try:
        mailbox.login(settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER)
        yield mailbox
        mailbox.logout()
    finally:
        with suppress(OSError):  # it is closed already after signing out
            mailbox.client.shutdown()


def _connected() -> BaseMailBox:
    host, port = settings.IMAP_HOST, settings.IMAP_PORT
    if settings.IMAP_SECURITY == "none":
        if not _is_here(host):
            raise ImproperlyConfigured("IMAP_SECURITY=none is for a server on this machine only. Set it to tls.")
        return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
    if settings.IMAP_SECURITY == "starttls":
        return MailBoxStartTls(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
    return MailBox(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(socket.gethostbyname(host)).is_loopback
    except (OSError, ValueError):
        return False
