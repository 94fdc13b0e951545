"""From the bytes of a mail to its head, its sender and its text. Whatever is wrong with it ends in `Unreadable`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser

from notifications.inbound.html import text_of

LONGEST_HEAD = 256 * 1024  # bytes; what mail servers pass is far below
MOST_PARTS = 200
LONGEST_TEXT = 200_000  # characters that are looked at
BLANK_LINE = re.compile(rb"\r?\n\r?\n")
# One address, alone or in angle brackets after a name. Anything cleverer is nobody's.
ONE_ADDRESS = re.compile(r"^(?P<name>[^<>]*?)\s*<\s*(?P<address>[^<>@\s\",;:()]+@[^<>@\s\",;:()]+)\s*>$")
BARE_ADDRESS = re.compile(r"^[^<>@\s\",;:()]+@[^<>@\s\",;:()]+$")
INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD])
SPACES = dict.fromkeys([0xA0, 0x2007, 0x202F], " ")
CONTROLS = dict.fromkeys([*(code for code in range(32) if code not in (9, 10)), 127])


class Unreadable(Exception):
    """The mail can't be read; `why` is a word that may be stored."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Sender:
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Mail:
    head: Message
    text: str
    files: tuple[bytes, ...]  # what was sent along, as it came; not looked into here


def head_of(raw: bytes) -> Message:
    """The head alone, of which every line can be asked. Raises Unreadable when it is absurdly long."""
    end = BLANK_LINE.search(raw, 0, LONGEST_HEAD)
    if end is None and len(raw) > LONGEST_HEAD:
        raise Unreadable("head too long")
    return BytesHeaderParser().parsebytes(raw[: end.end()] if end else raw)


def read(raw: bytes) -> Mail:
    """Head, text and files. Raises Unreadable."""
    head = head_of(raw)
    try:
        message = message_from_bytes(raw)
        parts = list(_leaves(message))
        plain = [_decoded(part) for part in parts if _is_text(part, "plain")]
        html = [_decoded(part) for part in parts if _is_text(part, "html")]
        files = tuple(_bytes(part) for part in parts if _is_file(part))
        text = "\n\n".join(text for text in plain if text.strip())
        if not text.strip():
            text = text_of("\n".join(html)[: 5 * LONGEST_TEXT])
    except Unreadable:
        raise
    except Exception as error:  # the standard parser has many ways of giving up on what a hostile sender made
        raise Unreadable("broken") from error
    return Mail(head, clean(text)[:LONGEST_TEXT], files)


def sender_of(head: Message) -> Sender | None:
    """Who it says it is from; None unless exactly one address stands in exactly one From."""
    froms = head.get_all("From") or []
    if len(froms) != 1:
        return None
    value = header_text(froms[0])
    if BARE_ADDRESS.match(value):
        return Sender(value.lower(), "")
    found = ONE_ADDRESS.match(value)
    if found is None:
        return None
    return Sender(found["address"].lower(), found["name"].strip(' "'))


def header_text(value: object) -> str:
    """A header on one line, decoded as far as that goes."""
    try:
        text = str(make_header(decode_header(str(value))))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        text = str(value)
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """Without NUL and other controls, half characters and invisible signs; with plain spaces and line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS | INVISIBLE | SPACES)
    return text.encode("utf-8", "replace").decode("utf-8")


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; nothing of a mail that is attached as a whole."""
    waiting, seen = [message], 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > MOST_PARTS:
            raise Unreadable("too many parts")
        children = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(children, list):
            if len(children) > MOST_PARTS:
                raise Unreadable("too many parts")
            waiting[:0] = [child for child in children if isinstance(child, Message)]
        else:
            yield part


def _is_text(part: Message, kind: str) -> bool:
    return (
        part.get_content_type() == f"text/{kind}"
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )


def _is_file(part: Message) -> bool:
    """Something that was sent along: no text, no signature of a machine, no picture of the mail's own make-up."""
    is_seal = part.get_content_subtype() in ("pgp-signature", "pkcs7-signature", "x-pkcs7-signature")
    is_decoration = "Content-ID" in part and part.get_content_disposition() != "attachment"
    return not (is_seal or is_decoration or _is_text(part, "plain") or _is_text(part, "html"))


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: Message) -> str:
    """The text of a part, whatever it says of itself; long lines of `format=flowed` made whole (RFC 3676)."""
    text = _characters(_bytes(part)[: 5 * LONGEST_TEXT], str(part.get_param("charset") or ""))
    if str(part.get_param("format") or "").lower() == "flowed" and part.get_content_type() == "text/plain":
        text = _unflowed(text, joins=str(part.get_param("delsp") or "").lower() == "yes")
    return text


def _characters(payload: bytes, charset: str) -> str:
    """In the charset that is named; else UTF-8; else as Windows writes. Latin-1 is read as Windows writes it, too."""
    named = charset.strip("\"' ").lower()
    if named in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", ""):
        tries = ["utf-8", "cp1252"] if named in ("us-ascii", "ascii", "") else ["cp1252"]
    else:
        tries = [named, "utf-8", "cp1252"]
    for one in tries:
        try:
            return payload.decode(one)
        except (LookupError, UnicodeError, ValueError):
            continue
    return payload.decode("latin-1")


def _unflowed(text: str, *, joins: bool) -> str:
    """A line that ends in a space goes on in the next one of the same quoting. "-- " is a line by itself."""
    lines: list[str] = []
    goes_on, level = False, 0
    for raw in text.replace("\r\n", "\n").split("\n"):
        quotes = len(raw) - len(raw.lstrip(">"))
        line = raw[quotes:].removeprefix(" ")
        is_delimiter = line == "-- "
        if goes_on and quotes == level and not is_delimiter:
            lines[-1] += line
        else:
            lines.append(">" * quotes + (" " if quotes else "") + line)
        goes_on, level = line.endswith(" ") and not is_delimiter, quotes
        if goes_on and joins:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
