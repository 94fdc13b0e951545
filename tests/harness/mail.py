"""A real mail server on loopback that keeps what it is sent, and can be told to refuse, stall or hang up."""

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

HANG_UP, STALL = "hang up", "stall"


@dataclass
class Received:
    """One message as it came over the line: who it was addressed to, and what it said. `raw`: its very bytes;
    `said`: what the conversation told beside it."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    raw: bytes = b""
    said: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return str(part.get_content()) if part is not None else ""


@dataclass
class MailServer:
    """`inbox` holds what was accepted. `script` says how to answer the next messages, and the last word goes on being
    said when `forever`: "250 …", "451 …", "550 …", `HANG_UP` or `STALL`."""

    host: str = "127.0.0.1"
    port: int = 0
    inbox: list[Received] = field(default_factory=list)
    attempts: list[Received] = field(default_factory=list)
    refused_recipients: dict[str, str] = field(default_factory=dict)
    script: deque[str] = field(default_factory=deque)
    forever: str = ""
    closes_for_good: bool = False  # when it hangs up it listens no more
    listening: asyncio.Server | None = None

    def answer(self, *answers: str) -> None:
        """Answer the next messages so, one each; accept again after that."""
        self.script.extend(answers)

    def to(self, address: str) -> list[Received]:
        return [mail for mail in self.inbox if address in mail.recipients]

    def clear(self) -> None:
        self.inbox.clear()
        self.attempts.clear()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Good"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        said = (str(session.host_name), *map(str, envelope.mail_options), *map(str, envelope.rcpt_options))
        raw = envelope.original_content or b""
        received = Received(str(envelope.mail_from), list(envelope.rcpt_tos), message, raw, said)
        self.attempts.append(received)
        answer = self.script.popleft() if self.script else self.forever or "250 2.0.0 Kept"
        if answer == HANG_UP:
            if self.closes_for_good and self.listening:
                self.listening.close()
            server.transport.abort()
            return "421 4.3.2 Gone"
        if answer == STALL:
            await asyncio.sleep(3600)
        if answer.startswith("2"):
            self.inbox.append(received)
        return answer


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[MailServer]:
    """The server, with Django's mail settings of this test pointing at it over real SMTP."""
    server = MailServer()
    started, loop = threading.Event(), asyncio.new_event_loop()

    def run() -> None:
        asyncio.set_event_loop(loop)
        server.listening = listening = loop.run_until_complete(
            loop.create_server(
                lambda: SMTP(server, hostname="localhost", enable_SMTPUTF8=True, loop=loop), server.host, 0
            )
        )
        server.port = listening.sockets[0].getsockname()[1]
        started.set()
        loop.run_forever()
        listening.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, name="smtp server", daemon=True)
    thread.start()
    if not started.wait(10):
        raise RuntimeError("The mail server of the tests did not start.")
    settings.EMAIL_BACKEND = "swexpertise.mail.delivering.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield server
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
