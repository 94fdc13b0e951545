"""send_all: leases issues, gathers what stands in them now, hands each to the mail server, and marks what it took.

A round of up to five hundred is leased and gathered at once; its mails are made one by one while those before them go
over the line (`notifications/line.py`), which notes of every few that the mail server has them. The rest is written
for many mails in one statement, at the latest `UNMARKED` seconds after the mail server took the first of them, or
once they are a batch of fifty (ADR 22).
"""

import logging
import smtplib
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications import crash
from notifications.actions import issues as ledger
from notifications.actions import trouble
from notifications.addresses import give
from notifications.contents import Content, Gathered, gather
from notifications.line import AHEAD, Answer, Line
from notifications.mails import message_for
from notifications.models import Issue
from notifications.models.issue import State
from notifications.quiet import held_until
from swexpertise.mail import Message, Unanswered, in_short, is_for_later, trouble_of

logger = logging.getLogger(__name__)

LONGEST = 50.0  # seconds that one run may take: the next sweep goes on
UNMARKED = 1.0  # seconds that a mail may be out before that is written down
FRESH = 30.0  # seconds that what was gathered counts; whatever didn't leave by then is gathered again (N12)


class Clock:
    """`now` as it was passed in, and going on from there."""

    def __init__(self, now: datetime) -> None:
        self._start, self._began = now, time.monotonic()

    @property
    def began(self) -> datetime:
        """The moment that all mails of a run carry."""
        return self._start

    def passed(self) -> float:
        return time.monotonic() - self._began

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.passed())


def send_all(*, now: datetime) -> int:
    """Round after round until nothing is ready; gives how many left."""
    sent, clock = 0, Clock(now)
    while clock.passed() < LONGEST:
        key, ids = ledger.lease(now=clock.now())
        if not ids:
            break
        crash.point("after leasing")
        sent += send_round(ids, key, clock=clock)
    return sent


def send_round(ids: Sequence[int], key: uuid.UUID, *, clock: Clock) -> int:
    """What `ids`, leased with `key`, hold now. When gathering fails for one of many, they are halved until it is
    found; it waits by itself."""
    rows = Issue.objects.filter(pk__in=ids).select_related("recipient__preferences", "recipient__mail_key")
    going = _not_held(list(rows.order_by("pk")), key, clock)
    try:
        gathered = gather(going, now=clock.now())
    except Exception as error:
        if len(going) > 1:
            half = len(going) // 2
            halves = going[:half], going[half:]
            return sum(send_round([issue.pk for issue in some], key, clock=clock) for some in halves)
        logger.exception("an issue cannot be gathered")
        ledger.put_back(going[0].pk, key, now=clock.now(), why=type(error).__name__)
        return 0
    return _Round(going, key, clock).send(gathered)


def _not_held(issues: Sequence[Issue], key: uuid.UUID, clock: Clock) -> list[Issue]:
    """Without those whose quiet hours began after they were planned: these wait, unless a coordinator said that they
    can't (N2)."""
    now, going = clock.now(), []
    waiting: dict[datetime, list[int]] = {}
    for issue in issues:
        until = None if issue.passes_quiet else held_until(issue.recipient.preferences, now)
        if until is None:
            going.append(issue)
        else:
            waiting.setdefault(until, []).append(issue.pk)
    for until, ids in waiting.items():
        ledger.release(ids, key, until=until)
    return going


class _Round:
    """Mails on their way to the mail server, and what of that the ledger doesn't say yet. When the worker is killed
    now, the next one only writes down what the line had noted; what it hadn't, a handful, is sent again with the same
    Message-IDs (N7)."""

    def __init__(self, issues: Sequence[Issue], key: uuid.UUID, clock: Clock) -> None:
        self._issues, self._key, self._clock = issues, key, clock
        self._leased_at = self._gathered_at = clock.passed()
        self._line: Line | None = None
        self._is_away = False  # there is no mail server to hand anything to
        self._left = {issue.pk for issue in issues}  # leased, and nothing is written down of them
        self._handed: dict[int, Content] = {}
        self._taken: list[Content] = []
        self._taken_since = 0.0
        self._empty: list[Content] = []
        self._sent = 0

    def send(self, gathered: Gathered) -> int:
        """Batch by batch, as long as the line is up and what was gathered is fresh. Gives how many left."""
        try:
            for start in range(0, len(self._issues), ledger.BATCH):
                is_stale = start and self._clock.passed() - self._gathered_at > FRESH
                if self._is_away or is_stale:
                    break
                self._send_batch(self._issues[start : start + ledger.BATCH], gathered)
            while self._line and self._line.under_way:
                self._listen(wait=UNMARKED / 4)
        finally:
            self._hang_up()
        if self._left:
            pause = timedelta(minutes=1) if self._is_away else timedelta(0)
            ledger.release(list(self._left), self._key, until=self._clock.now() + pause)
        return self._sent

    def _send_batch(self, issues: Sequence[Issue], gathered: Gathered) -> None:
        contents = [content for issue in issues if (content := self._content(issue, gathered)) is not None]
        give(contents, now=self._clock.now())
        self._empty += [content for content in contents if content.is_empty and content.issue.taken_at is None]
        self._taken += [content for content in contents if content.issue.taken_at]
        for content in contents:
            if (
                content.issue.taken_at is None
                and not content.is_empty
                and (message := self._composed(content)) is not None
            ):
                self._hand_over(content, message)
                if self._is_away:
                    return

    def _content(self, issue: Issue, gathered: Gathered) -> Content | None:
        """None when it fails over something in it: then only this one waits."""
        try:
            return gathered.content(issue)
        except Exception as error:
            logger.exception("an issue cannot be gathered")
            self._put_back(issue.pk, type(error).__name__)
            return None

    def _composed(self, content: Content) -> Message | None:
        """None when a template fails over it: then only this one waits."""
        try:
            return message_for(content, at=self._clock.began)
        except Exception as error:
            logger.exception("an issue cannot be rendered")
            self._put_back(content.issue.pk, type(error).__name__)
            return None

    def _hand_over(self, content: Content, message: Message) -> None:
        if self._line is None:
            try:
                self._line = Line(note=self._note_taken, ended=ledger.stop_noting)
            except (OSError, smtplib.SMTPException) as error:
                self._note_away(error)
                return
        self._handed[content.issue.pk] = content
        self._line.hand(content.issue.pk, message)
        self._listen()
        while self._line.under_way > AHEAD:
            self._listen(wait=UNMARKED / 4)

    def _note_taken(self, ids: Sequence[int]) -> None:
        """Called in the thread of the line, as nothing else here is."""
        ledger.note_taken(ids, self._key, at=self._clock.now())

    def _note_away(self, error: Exception) -> None:
        logger.warning("the mail server is away: %s", in_short(error))
        trouble.note(trouble_of(error), at=self._clock.now())
        self._is_away = True

    def _listen(self, *, wait: float = 0.0) -> None:
        """Reads what the mail server answered meanwhile, and writes it down when it is time to."""
        for answer in self._line.answers(wait=wait) if self._line else ():
            self._note(answer)
        now = self._clock.passed()
        if len(self._taken) >= ledger.BATCH or (self._taken and now - self._taken_since > UNMARKED):
            self._write()
        if now - self._leased_at > ledger.lease_length().total_seconds() / 2:
            self._extend()

    def _extend(self) -> None:
        self._write()
        self._leased_at = self._clock.passed()
        if self._left - ledger.extend(self._key, list(self._left), now=self._clock.now()):
            self._is_away = True  # we were too slow, and somebody else has them
            if self._line:
                self._line.cut()

    def _note(self, answer: Answer) -> None:
        """What became of one mail. When it wasn't tried it stays among what is left."""
        content = self._handed.pop(answer.pk)
        error = answer.error
        if not answer.was_tried:
            if not self._is_away and self._line and self._line.is_down:
                self._note_away(self._line.is_down)
        elif error is None:
            self._taken_since = self._taken_since if self._taken else self._clock.passed()
            self._taken.append(content)
        else:
            logger.warning("an issue was not taken: %s", in_short(error))
            if isinstance(error, Unanswered):
                self._left.discard(answer.pk)
                ledger.note_unanswered(answer.pk, self._key, now=self._clock.now())
                return
            no_mail_can_have_it = isinstance(error, ValueError)  # an address or a header
            if no_mail_can_have_it or not is_for_later(error):
                self._left.discard(answer.pk)
                ledger.park(answer.pk, self._key, why=in_short(error))
            else:
                self._put_back(answer.pk, in_short(error))

    def _put_back(self, pk: int, why: str) -> None:
        self._left.discard(pk)
        ledger.put_back(pk, self._key, now=self._clock.now(), why=why)

    def _write(self) -> None:
        """One statement for all that was taken, and all that is empty or fell out."""
        taken, empty = self._taken, self._empty
        if not taken and not empty:
            return
        self._taken, self._empty = [], []
        states = {content.issue.pk: State.SENT for content in taken}
        states |= {content.issue.pk: State.SUPPRESSED if content.suppressed else State.EMPTY for content in empty}
        fallen = {pk: why for content in (*taken, *empty) for pk, why in content.suppressed.items()}
        counted = [pk for content in taken for pk in content.counted]
        self._sent += ledger.settle(states, fallen, self._key, at=self._clock.now(), counted=counted)
        self._left -= states.keys()
        if taken:
            crash.point("after marking")

    def _hang_up(self) -> None:
        """Also when something broke here: what the mail server took is written down."""
        if self._line:
            self._line.cut()
            self._line.close()
            for answer in self._line.answers():
                self._note(answer)
        self._write()
