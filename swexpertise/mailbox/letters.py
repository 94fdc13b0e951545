"""The mails that lie in the sink's folder, newest first; a file that cannot be read as mail is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path

# Names the sink gives: when it came, in nanoseconds, and eight random letters. Sorting names sorts by time.
SUFFIX = ".eml"
KEY = r"\d{20}-[0-9a-f]{8}"


@dataclass(frozen=True)
class Letter:
    path: Path

    @property
    def key(self) -> str:
        return self.path.stem

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.key.partition("-")[0]) / 1e9, tz=UTC)

    @cached_property
    def message(self) -> EmailMessage:
        with self.path.open("rb") as file:
            return BytesParser(policy=policy.default).parse(file)

    @property
    def recipients(self) -> list[str]:
        """Who the envelope named, which may be others than the header says."""
        return [str(value) for value in self.message.get_all("Delivered-To", [])]

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def sender(self) -> str:
        return str(self.message.get("From", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


def newest(folder: Path, *, to: str = "") -> Iterator[Letter]:
    """Letters from new to old; `to` keeps those that went to that address."""
    for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True):
        letter = Letter(path)
        if not to or to.casefold() in (address.casefold() for address in letter.recipients):
            yield letter


def find(folder: Path, key: str) -> Letter | None:
    path = folder / f"{key}{SUFFIX}"
    return Letter(path) if path.is_file() else None
