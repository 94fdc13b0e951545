"""A connection to the mail server with a thread of its own: it hands over one mail while the next are made (N22).

The thread knows nothing of the ledger and asks the database nothing. Whoever hands it mails asks for the answers, and
writes down what became of each.
"""

import smtplib
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from django.core.mail.backends.base import BaseEmailBackend

from notifications import crash
from swexpertise.mail import Message, deliver, in_short, open_connection

AHEAD = 50  # mails that may wait for the line, so that it has work while marks are written


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the mail of issue `pk`. `was_tried` is False when the line was down before its turn came."""

    pk: int
    error: Exception | None = None
    was_tried: bool = True


class Line:
    """One conversation with the mail server; a new one after the server hung up. `is_down`: there is no new one.

    Opening raises OSError or smtplib.SMTPException, when there is no server or none that may be spoken to.
    """

    def __init__(self) -> None:
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
        for pk, message in iter(self._jobs.get, None):
            self._answers.put(self._answer_to(pk, message))

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
