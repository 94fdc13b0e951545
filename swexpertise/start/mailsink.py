"""A mail server that delivers nothing: whatever is sent to it lies as a file in a folder, which `/mailbox/` shows.

It speaks real SMTP, so that a demo run sends mail the way production does.
"""

import argparse
import asyncio
import errno
import os
import secrets
import signal
import socket
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        """Each message is written beside its place and moved there whole; the reader never sees half a mail."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        head = f"Return-Path: <{envelope.mail_from}>\r\n"
        head += "".join(f"Delivered-To: {recipient}\r\n" for recipient in envelope.rcpt_tos)
        new = self.folder / f"{name}.new"
        try:
            new.write_bytes(head.encode() + (envelope.original_content or b""))
            new.rename(self.folder / f"{name}.eml")
        except OSError as error:
            new.unlink(missing_ok=True)
            return "452 4.3.1 No room left" if error.errno == errno.ENOSPC else "451 4.3.0 Not kept; try again"
        return "250 2.0.0 Kept"


async def serve(listener: socket.socket, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Keeper(folder), hostname="mailsink", enable_SMTPUTF8=True, ident="mailsink"), sock=listener
    )
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with server:
        await ended.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("MAILBOX_DIR", "var/mailbox")))
    parser.add_argument("--listen", default="127.0.0.1:2525", help="address:port")
    parser.add_argument("--fd", type=int, help="a socket that already listens, in place of --listen")
    given = parser.parse_args()
    if given.fd is not None:
        listener = socket.socket(fileno=given.fd)
    else:
        host, _, port = given.listen.rpartition(":")
        listener = socket.create_server((host, int(port)))
    asyncio.run(serve(listener, given.folder))


if __name__ == "__main__":
    main()
