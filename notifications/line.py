"""A connection to the mail server with a thread of its own: it hands over one mail while the next are made (N22).

The thread knows nothing of the ledger. Whoever hands it mails asks for the answers, and writes down what became of
each. But of a few at a time the thread itself has a note made that the server took them, and hands over no more until
that stands: so many are sent twice at most when the power goes (N7).
"""

import logging
import smtplib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from django.core.mail.backends.base import BaseEmailBackend

from notifications import crash
from swexpertise.mail import Message, deliver, in_short, open_connection

logger = logging.getLogger(__name__)

AHEAD = 50  # mails that may wait for the line, so that it has work while marks are written
UNNOTED = 5  # mails that the server may have taken without a note of it
UNNOTED_FOR = 0.25  # seconds that it may have taken one without that


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the mail of issue `pk`. `was_tried` is False when the line was down before its turn came."""

    pk: int
    error: Exception | None = None
    was_tried: bool = True


class Line:
    """One conversation with the mail server; a new one after the server hung up. `is_down`: there is no new one.

    `note` writes down the keys of what the server took, and `ended` is called when the thread is; both in the thread.
    Opening raises OSError or smtplib.SMTPException, when there is no server or none that may be spoken to.
    """

    def __init__(self, *, note: Callable[[Sequence[int]], None], ended: Callable[[], None]) -> None:
        self._note, self._ended = note, ended
        self._unnoted: list[int] = []
        self._unnoted_since = 0.0
        self._connection = open_connection()
        self._is_open = True
        self._jobs: SimpleQueue[tuple[int, Message] | None] = SimpleQueue()
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        self.under_way = 0  # handed over, and no answer read yet
        self.is_down: Exception | None = None
        self._is_cut = False
        self._thread = Thread(target=self._work, name="mail line", daemon=True)
        self._thread.start()

    def hand(self, pk: int, message: Message) -> None:
        self.under_way += 1
        self._jobs.put((pk, message))

    def answers(self, *, wait: float = 0.0) -> list[Answer]:
        """Those that have come; when none has, the first that comes within `wait` seconds."""
        found: list[Answer] = []
        try:
            while self.under_way:
                found.append(self._answers.get(timeout=wait) if wait and not found else self._answers.get_nowait())
                self.under_way -= 1
        except Empty:
            pass
        return found

    def cut(self) -> None:
        """What is being handed over is; what waits behind it isn't any more."""
        self._is_cut = True

    def close(self) -> None:
        """Returns when the thread has ended; the last answers can be read after that."""
        self._jobs.put(None)
        self._thread.join()
        _close(self._connection)

    def _work(self) -> None:
        try:
            while (job := self._next()) is not None:
                answer = self._answer_to(*job)
                if answer.was_tried and answer.error is None:
                    self._unnoted_since = self._unnoted_since if self._unnoted else time.monotonic()
                    self._unnoted.append(answer.pk)
                self._answers.put(answer)
                if len(self._unnoted) >= UNNOTED:
                    self._note_taken()
        finally:
            self._ended()

    def _next(self) -> tuple[int, Message] | None:
        """What is to be handed over; while there is nothing, what was taken is noted."""
        while self._unnoted:
            try:
                return self._jobs.get(timeout=max(0.0, self._unnoted_since + UNNOTED_FOR - time.monotonic()))
            except Empty:
                self._note_taken()
        return self._jobs.get()

    def _note_taken(self) -> None:
        """What can't be noted isn't followed by more."""
        crash.point("before noting")
        try:
            self._note(self._unnoted)
        except Exception:  # whatever the database says
            logger.exception("what the mail server took can't be noted")
            self.cut()
        self._unnoted = []
        crash.point("after noting")

    def _answer_to(self, pk: int, message: Message) -> Answer:
        if self._is_cut or not self._opened():
            return Answer(pk, was_tried=False)
        try:
            crash.point("before DATA", pk)
            deliver(message, self._connection)
            crash.point("after DATA")
        except Exception as error:  # the ledger is told, whatever it is
            self._start_anew(error)
            return Answer(pk, error)
        return Answer(pk)

    def _opened(self) -> bool:
        if not self._is_open and self.is_down is None:
            try:
                self._connection.open()
                self._is_open = True
            except (OSError, smtplib.SMTPException) as error:
                self.is_down = error
                _close(self._connection)
        return self._is_open

    def _start_anew(self, error: Exception) -> None:
        """After an answer the conversation goes on; after a silence or a hanging up the next mail opens a new one."""
        is_answer = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException | ValueError)
        if not is_answer or "421" in in_short(error):
            _close(self._connection)
            self._is_open = False


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        vars(connection)["connection"] = None  # it hung up first; closing again must not ask it
