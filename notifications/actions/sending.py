"""send_all: leases issues, gathers what stands in them now, hands each to the mail server, and marks what it took.

Marks are written for several mails in one statement, at the latest `UNMARKED` seconds after the mail server took the
first of them (ADR 22).
"""

import logging
import smtplib
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Case, CharField, Value, When

from notifications import crash
from notifications.actions import issues as ledger
from notifications.addresses import give
from notifications.contents import Content, gather
from notifications.mails import message_for
from notifications.models import Delivery, Issue
from notifications.models.delivery import State as DeliveryState
from notifications.models.issue import State
from notifications.quiet import held_until
from swexpertise.mail import Message, deliver, in_short, is_for_later, open_connection

logger = logging.getLogger(__name__)

LONGEST = 50.0  # seconds that one round may take: the next sweep goes on
UNMARKED = 1.0  # seconds that a mail may be out before that is written down


class Clock:
    """`now` as it was passed in, and going on from there."""

    def __init__(self, now: datetime) -> None:
        self._start, self._began = now, time.monotonic()

    @property
    def began(self) -> datetime:
        """The moment that all mails of a round carry."""
        return self._start

    def passed(self) -> float:
        return time.monotonic() - self._began

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.passed())


def send_all(*, now: datetime) -> int:
    """Batch after batch until nothing is ready; gives how many left."""
    sent, clock = 0, Clock(now)
    while clock.passed() < LONGEST:
        key, ids = ledger.lease(now=clock.now())
        if not ids:
            break
        crash.point("after leasing")
        sent += send_batch(ids, key, clock=clock)
    return sent


def send_batch(ids: Sequence[int], key: uuid.UUID, *, clock: Clock) -> int:
    """What `ids`, leased with `key`, hold now. When gathering fails for one of many, each is tried by itself."""
    rows = Issue.objects.filter(pk__in=ids).select_related("recipient__preferences", "recipient__mail_key")
    try:
        contents = gather(list(rows.order_by("pk")))
        give(contents, now=clock.now())
        _note_suppressed(contents)
    except Exception as error:
        if len(ids) > 1:
            return sum(send_batch([pk], key, clock=clock) for pk in ids)
        logger.exception("an issue cannot be gathered")
        ledger.put_back(ids[0], key, now=clock.now(), why=type(error).__name__)
        return 0
    contents = _not_held(contents, key, clock)
    _note_empty([content for content in contents if content.is_empty], key)
    full = ((content.issue.pk, _composed(content, key, clock)) for content in contents if not content.is_empty)
    letters = [(pk, message) for pk, message in full if message is not None]
    return _hand_over(letters, key, clock) if letters else 0


def _not_held(contents: Sequence[Content], key: uuid.UUID, clock: Clock) -> list[Content]:
    """Without those whose quiet hours began after they were planned: these wait, unless a coordinator said that they
    can't (N2)."""
    now, going = clock.now(), []
    waiting: dict[datetime, list[int]] = {}
    for content in contents:
        issue = content.issue
        until = None if issue.passes_quiet else held_until(issue.recipient.preferences, now)
        if until is None:
            going.append(content)
        else:
            waiting.setdefault(until, []).append(issue.pk)
    for until, ids in waiting.items():
        ledger.hold(ids, key, until=until)
    return going


def _composed(content: Content, key: uuid.UUID, clock: Clock) -> Message | None:
    """None when a template fails over it: then only this one waits."""
    try:
        return message_for(content, at=clock.began)
    except Exception as error:
        logger.exception("an issue cannot be rendered")
        ledger.put_back(content.issue.pk, key, now=clock.now(), why=type(error).__name__)
        return None


def _hand_over(letters: Sequence[tuple[int, Message]], key: uuid.UUID, clock: Clock) -> int:
    """Over one connection; a new one after the server hung up. A refusal of one is noted at that one only."""
    try:
        connection = open_connection()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("the mail server is away: %s", in_short(error))
        ledger.release(key, now=clock.now())
        return 0
    marks = _Marks(key, clock)
    leased_at = clock.passed()
    try:
        for place, (pk, message) in enumerate(letters):
            if clock.passed() - leased_at > ledger.lease_length().total_seconds() / 2:
                leased_at = clock.passed()
                marks.write()
                if pk not in ledger.extend(key, [waiting for waiting, _message in letters[place:]], now=clock.now()):
                    break  # we were too slow, and somebody else has them
            if _left(pk, message, key, connection, clock):
                marks.add(pk)
    finally:
        marks.write()
        _close(connection)
    return marks.written


class _Marks:
    """What the mail server took and the ledger doesn't say yet. A worker killed now sends these again, with the same
    Message-IDs: so it is never much (N7, N22)."""

    def __init__(self, key: uuid.UUID, clock: Clock) -> None:
        self._key, self._clock = key, clock
        self._taken: list[int] = []
        self._since = 0.0
        self.written = 0

    def add(self, pk: int) -> None:
        """The mail server took it just now."""
        self._since = self._since if self._taken else self._clock.passed()
        self._taken.append(pk)
        if self._clock.passed() - self._since > UNMARKED:
            self.write()

    def write(self) -> None:
        if self._taken:
            self.written += ledger.mark_sent(self._taken, self._key, at=self._clock.now())
            self._taken = []
            crash.point("after marking")


def _left(pk: int, message: Message, key: uuid.UUID, connection: BaseEmailBackend, clock: Clock) -> bool:
    """Whether the mail server has it."""
    try:
        crash.point("before DATA", pk)
        deliver(message, connection)
        crash.point("after DATA")
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("an issue was not taken: %s", in_short(error))
        if is_for_later(error):
            ledger.put_back(pk, key, now=clock.now(), why=in_short(error))
        else:
            ledger.mark_not_sent([pk], key, state=State.PARKED, why=in_short(error))
        _start_anew(connection, error)
        return False
    except ValueError as error:  # an address or a header that no mail can have
        ledger.mark_not_sent([pk], key, state=State.PARKED, why=type(error).__name__)
        return False
    return True


def _start_anew(connection: BaseEmailBackend, error: Exception) -> None:
    """After an answer the conversation goes on; after a silence or a hanging up the next mail opens a new one."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) or "421" in in_short(
        error
    ):
        _close(connection)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        vars(connection)["connection"] = None  # it hung up first; closing again must not ask it


def _note_empty(contents: Sequence[Content], key: uuid.UUID) -> None:
    """No mail: nothing happened, or all of it fell out."""
    suppressed = [content.issue.pk for content in contents if content.suppressed]
    for state, ids in (
        (State.SUPPRESSED, suppressed),
        (State.EMPTY, [content.issue.pk for content in contents if not content.suppressed]),
    ):
        if ids:
            ledger.mark_not_sent(ids, key, state=state)


def _note_suppressed(contents: Sequence[Content]) -> None:
    """All of a batch in one statement, each with its reason."""
    by_why: dict[str, list[int]] = {}
    for content in contents:
        for pk, why in content.suppressed.items():
            by_why.setdefault(why, []).append(pk)
    if by_why:
        reasons = [When(pk__in=pks, then=Value(why)) for why, pks in by_why.items()]
        rows = Delivery.objects.filter(pk__in=[pk for pks in by_why.values() for pk in pks])
        rows.update(state=DeliveryState.SUPPRESSED, why=Case(*reasons, output_field=CharField()))
