"""`manage.py receive_mail`: one mail on standard input, from a mail server that delivers to a pipe.

Ends as sysexits.h says: 0 taken (whatever becomes of it), 75 try again later (the database is away), 64 not expected.
"""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError
from django.utils import timezone

from notifications.inbound.receiving import addresses_in, receive

EX_USAGE, EX_TEMPFAIL = 64, 75
BLOCK = 1024 * 1024


class Command(BaseCommand):
    help = "Takes one mail from standard input: an answer, a bounce, or the wish to stop."
    requires_system_checks: list[str] = []  # speaks to a mail server, which reads the exit code only

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", action="append", default=[], help="for whom, as the mail server says (${recipient})"
        )
        parser.add_argument("--from", dest="sender", help="from whom, as the mail server says; empty for a bounce")

    def handle(self, *args: Any, to: list[str], sender: str | None, **options: Any) -> None:
        if not settings.REPLY_DOMAIN:
            self.stderr.write("REPLY_DOMAIN is not set, so no mail is expected.")
            sys.exit(EX_USAGE)
        raw, is_too_large = self._read()
        try:
            for address in to or addresses_in(raw):
                receive(raw, envelope_to=address, envelope_from=sender, now=timezone.now(), is_too_large=is_too_large)
        except (DatabaseError, OSError) as error:
            self.stderr.write(f"Not now: {type(error).__name__}")
            sys.exit(EX_TEMPFAIL)

    def _read(self) -> tuple[bytes, bool]:
        """Up to the limit; the rest is read and forgotten, so that the mail server isn't cut off."""
        raw = sys.stdin.buffer.read(settings.INBOUND_MOST_BYTES)
        is_too_large = False
        while sys.stdin.buffer.read(BLOCK):
            is_too_large = True
        return raw, is_too_large
