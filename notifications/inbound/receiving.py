"""receive: takes a mail that came in, by a pipe or from a mailbox, and does what is to be done with it.

It is stored first, in a transaction of its own, so that whoever handed it over may forget it; then it is dealt with.
What goes wrong after that is tried again by the sweep, three times, and parked: no mail comes back for ever.
"""

import hashlib
from datetime import datetime

from django.conf import settings

from notifications import crash
from notifications.actions import replies
from notifications.addresses import parts_of
from notifications.inbound.reading import BLANK_LINE, LONGEST_HEAD, Unreadable, clean, head_of, header_text
from notifications.models import Inbound

# Where mail servers write for whom a copy is, the most certain first.
DELIVERED = ("Delivered-To", "X-Original-To", "X-Delivered-To", "Envelope-To", "To", "Cc")
MOST_ADDRESSES = 50


def receive(
    raw: bytes, *, envelope_to: str, envelope_from: str | None, now: datetime, is_too_large: bool = False
) -> Inbound | None:
    """The row of this mail; None when it is for no address of ours. The same Message-ID again gives the same row.

    `envelope_from` is empty for a bounce, None where nobody said. A mail over `INBOUND_MOST_BYTES` is kept without its
    body; `is_too_large` says that the caller left it out already. Raises django.db.Error: then nothing is stored.
    """
    kind, _token = parts_of(envelope_to)
    if not kind:
        return None
    if len(raw) > settings.INBOUND_MOST_BYTES or is_too_large:
        end = BLANK_LINE.search(raw, 0, LONGEST_HEAD)
        raw, is_too_large = raw[: end.end() if end else LONGEST_HEAD], True
    Inbound.objects.bulk_create(
        [
            Inbound(
                key=_key(raw, envelope_to),
                received_at=now,
                raw=raw,
                envelope_to=clean(envelope_to)[:500],
                envelope_from=None if envelope_from is None else clean(envelope_from)[:500],
                is_too_large=is_too_large,
            )
        ],
        ignore_conflicts=True,
    )
    crash.point("after storing")
    mail = Inbound.objects.get(key=_key(raw, envelope_to))
    replies.deal_with(mail.pk, now=now)
    crash.point("after keeping")
    mail.refresh_from_db()
    return mail


def addresses_in(raw: bytes) -> list[str]:
    """For which addresses of ours a mail is, as far as its head says; for whoever wasn't told by the mail server."""
    try:
        head = head_of(raw)
    except Unreadable:
        return []
    for header in DELIVERED:
        words = [
            word.strip("<>,;\"'()") for value in head.get_all(header) or [] for word in header_text(value).split()
        ]
        found = [word.lower() for word in words[: 10 * MOST_ADDRESSES] if parts_of(word)[0]]
        if found:
            return list(dict.fromkeys(found))[:MOST_ADDRESSES]
    return []


def _key(raw: bytes, envelope_to: str) -> str:
    """Of the Message-ID and the address; of the whole mail when it has no Message-ID or can't be read."""
    try:
        named = header_text(head_of(raw).get("Message-ID", "")).encode()
    except Unreadable:
        named = b""
    return hashlib.sha256((named or raw) + b"\0" + envelope_to.strip().strip("<>").lower().encode()).hexdigest()
