"""One mail of an archive, decoded: who, when, about what, an answer to what, and its text.

Nothing here raises on what a mail says: what is odd is named in `oddities` and read as well as it can be.
"""

import email
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from discussions.importing import text as texts
from discussions.importing.mbox import Raw

ID = re.compile(r"<([^<>\s]+)>")
REPLY = re.compile(r"^\s*(?:(?:re|antw|aw|sv|betr|fwd?|fw)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
LIST_TAG = re.compile(r"^\s*\[[^\]]{1,40}\]\s*")
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
# What Mailman put in the place of an attachment, in the monthly archives that it gives.
SCRUBBED = re.compile(
    r"^-{10,} next part -{10,}\n"
    r"(?:An? [^\n]*\bscrubbed\b[^\n]*\n(?:(?:Name|Type|Size|Desc|U[Rr][Ll])\s*:[^\n]*\n?)*)?",
    re.MULTILINE,
)
OLDEST = datetime(1980, 1, 1, tzinfo=UTC)
MOST_REFERENCES = 100
LONGEST_TEXT = 100_000
LONGEST_HTML = 20 * LONGEST_TEXT


@dataclass(slots=True)
class Head:
    """What finds a mail its place. `key` is its id, or made from what it says when it has none."""

    key: str
    above: list[str]
    subject: str
    is_reply: bool
    address: str
    sent_at: datetime | None
    print: str
    oddities: list[str] = field(default_factory=list)


def head_of(raw: Raw, *, now: datetime) -> Head:
    oddities: list[str] = []
    head, *rest = END_OF_HEAD.split(raw.data, maxsplit=1)
    body = rest[0] if rest else b""
    message = email.message_from_bytes(head + b"\n\n")
    subject = header(message, "Subject")
    address = _address(header(message, "From"))
    made = "\n".join((address, header(message, "Date"), subject)).encode() + b"\n" + body
    fingerprint = hashlib.sha256(made).hexdigest()
    ids = ID.findall(header(message, "Message-ID")) or header(message, "Message-ID").split()[:1]
    if not ids:
        oddities.append("no_id")
    if not address:
        oddities.append("no_author")
    if b"\x00" in raw.data:
        oddities.append("nul")
    if raw.is_too_long:
        oddities.append("too_long")
    key = ids[0] if ids else f"made:{fingerprint}"
    above = _above(message)
    if key in above:
        oddities.append("answers_itself")
        above = [other for other in above if other != key]
    sent_at = _moment(message, raw, now, oddities)
    title = LIST_TAG.sub("", REPLY.sub("", LIST_TAG.sub("", subject)))
    is_reply = bool(REPLY.match(LIST_TAG.sub("", subject)))
    return Head(key, above, REPLY.sub("", title).strip(), is_reply, address, sent_at, fingerprint, oddities)


def header(message: Message, name: str) -> str:
    """A header in words: encoded words (RFC 2047) and bare bytes decoded, folds and controls taken out."""
    found = [value for key, value in message.raw_items() if key.lower() == name.lower()]
    if not found:
        return ""
    value = _letters(str(found[0]).encode("utf-8", "surrogateescape"))
    try:
        parts = [_letters(part, charset) for part, charset in decode_header(value)]
    except (email.errors.HeaderParseError, ValueError):
        parts = [value]
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", "".join(parts)).strip()


def _letters(part: bytes | str, charset: str | None = None) -> str:
    if isinstance(part, str):
        return part
    return decoded(part, charset)[0]


def decoded(data: bytes, charset: str | None) -> tuple[str, bool]:
    """The letters in `data`, and whether its charset told the truth. Unknown ones: UTF-8, else Windows-1252."""
    for name in (charset, "utf-8"):
        try:
            if name:
                return data.decode(name), name == (charset or name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("cp1252", "replace"), False


def _address(said: str) -> str:
    """Archives of Mailman write “jan at site.invalid (Jan)”."""
    return parseaddr(said if "@" in said else said.replace(" at ", "@", 1))[1].strip().lower()


def _above(message: Message) -> list[str]:
    """What it answers, the nearest first: the last of References, and In-Reply-To. Of what programs wrote there in the
    nineties, “Message from Jan <jan@site> of Monday <id>”, the last is the id; else the first."""
    references = ID.findall(header(message, "References"))[-MOST_REFERENCES:]
    said = header(message, "In-Reply-To")
    answers = ID.findall(said)
    answers = answers[:1] if said.startswith("<") else answers[-1:]
    return list(dict.fromkeys([*reversed(references), *answers]))


def _moment(message: Message, raw: Raw, now: datetime, oddities: list[str]) -> datetime | None:
    """Its date when that can be; else when a server received it; else the line before it; else None."""
    received = [value.rpartition(";")[2] for key, value in message.raw_items() if key.lower() == "received"]
    marked = re.search(rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun).*$", raw.postmark)
    postmark = marked[0].decode("ascii", "replace") if marked else ""
    for number, said in enumerate([header(message, "Date"), *map(str, received), postmark]):
        moment = _parsed(said)
        if moment and OLDEST <= moment <= now + timedelta(days=1):
            return moment
        if number == 0:
            oddities.append("future_date" if moment and moment > now else "no_date")
    return None


def _parsed(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


@dataclass(slots=True)
class Body:
    text: str
    oddities: list[str]


def body_of(raw: Raw) -> Body:
    """Its text as Markdown. Attachments aren't brought along; they are named as an oddity."""
    oddities: list[str] = []
    try:
        message = email.message_from_bytes(raw.data)
    except RecursionError:
        return Body("", ["nested", "no_text"])
    plain = [part for part in _texts(message, oddities) if part.get_content_type() == "text/plain"]
    if plain:
        said = "\n\n".join(_plain_text(part, oddities) for part in plain)
    else:
        oddities.append("html_only")
        said = "\n\n".join(
            texts.text_of_html(_part_text(part, oddities)[:LONGEST_HTML])
            for part in _texts(message, [])
            if part.get_content_type() == "text/html"
        )
        if not said.strip():
            oddities.remove("html_only")
    if not raw.ends_in_a_line or any("Boundary" in type(defect).__name__ for defect in _defects(message)):
        oddities.append("cut_off")
    said, scrubbed = SCRUBBED.subn("\n", said)
    if scrubbed:
        oddities.append("attachment")
    said = texts.without_signature(said.replace("\x00", ""))
    is_long = len(said) > LONGEST_TEXT
    said = texts.markdown(said[:LONGEST_TEXT])
    if not said.strip():
        oddities.append("no_text")
    if is_long or len(said) > LONGEST_TEXT:
        said = said[:LONGEST_TEXT].rpartition("\n")[0] or said[:LONGEST_TEXT]
        oddities.append("text_too_long")
    return Body(said, list(dict.fromkeys(oddities)))


def _texts(message: Message, oddities: list[str]) -> Iterable[Message]:
    for part in message.walk():
        if part.is_multipart():
            continue
        if part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            oddities.append("attachment")
        else:
            yield part


def _defects(message: Message) -> Iterable[Exception]:
    for part in message.walk():
        yield from part.defects


def _plain_text(part: Message, oddities: list[str]) -> str:
    said = _part_text(part, oddities)
    if str(part.get_param("format", "")).lower() == "flowed":
        said = texts.unflowed(said, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return said


def _part_text(part: Message, oddities: list[str]) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_param("charset", None)
    said, is_true = decoded(data, charset if isinstance(charset, str) else None)
    if not is_true:
        oddities.append("charset")
    return said.replace("\r\n", "\n").replace("\r", "\n")
