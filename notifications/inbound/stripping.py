"""What is new in an answer, without the mail that it answers and without a signature; and what makes that doubtful.

Rather too many doubts than one too few: whatever is doubtful waits for the member, and is published by nobody (N18).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from notifications.inbound.html import REST

MARKERS = ("-- antwoord boven deze regel --", "-- reply above this line --")


class Doubt(StrEnum):
    SIGNATURE = "signature"
    QUOTE = "quote"
    BETWEEN = "between"
    NAME = "name"


@dataclass(slots=True)
class Stripped:
    text: str
    doubts: set[Doubt] = field(default_factory=set)


_FROM = r"(?:van|from|de|von|afzender)"
_OTHERS = (
    r"(?:verzonden|verstuurd|sent|datum|date|aan|to|à|an|onderwerp|subject|betreft|objet|betreff|cc|antwoord aan|"
    r"reply-to)"
)
FIRST_OF_HEAD = re.compile(rf"^[*_ ]*{_FROM}\s?:[*_ ]*\S", re.IGNORECASE)
NEXT_OF_HEAD = re.compile(rf"^[*_ ]*{_OTHERS}\s?:[*_ ]*", re.IGNORECASE)
RULE = re.compile(
    r"^\s*[-_=]{2,}\s*(?:oorspronkelijk\w*|origineel|originele|original|doorgestuurd|forwarded|ursprüngliche\w*)\s+"
    r"(?:bericht|e-?mail|message|nachricht)\s*[-_=]{2,}\s*$|"
    r"^\s*(?:begin doorgestuurd bericht|begin forwarded message):\s*$",
    re.IGNORECASE,
)
LONG_LINE = re.compile(r"^\s*_{10,}\s*$")
# "Op 3 mrt. 2026 om 10:12 heeft X het volgende geschreven:", "On Tue, 3 Mar 2026 at 10:12, X wrote:", also date first.
SAID = re.compile(
    r"(?:\b(?:schreef|geschreven|wrote|schrieb|a écrit)\b[^.!?]{0,120}|"
    r"\b(?:schreef|wrote)\b.{0,120}<\s?[^<>\s]{1,64}@[^<>\s]{1,255}\s?>\s?|"
    r"\d (?:van|door|by|from) <?[^<>\s]{1,64}@[^<>\s]{1,255}>?)"
    r":\s*$",
    re.IGNORECASE | re.DOTALL,
)
DATE = re.compile(
    r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|"
    r"\b\d{1,2}\.?\s+(?:jan|feb|mrt|maa|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?,?(?:\s+\d{4})?|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?\s+\d{4}",
    re.IGNORECASE,
)
MAIL_OR_HOUR = re.compile(r"[^\s<>@]@[^\s<>@]|\b\d{1,2}[:.]\d{2}\b")
BEGINS_SAYING = re.compile(
    r"^.{1,120}\b(?:schreef|wrote) (?:op|on|at) \d|"
    r"^\s*(?:op|on|am|le)\s+\S|^\s*\d{1,2}(?:[-/.]\d|\s[a-z]{3})|^\s*(?:ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun)",
    re.IGNORECASE,
)
_LINK = r"(?:\s?<?\(?https?://\S{1,200}\)?>?)?"
FROM_A_PHONE = re.compile(
    r"^\W{0,3}(?:(?:verstuurd|verzonden|gestuurd|sent|getypt|typed|gesendet|envoyé)\s(?:vanaf|vanuit|van|met|via|from|with|"
    r"using|on|by|mit|von|depuis)\b[^.?!]{0,30}\b"
    r"(?:iphone|ipad|ipod|android|galaxy|samsung|huawei|xiaomi|oneplus|pixel|nokia|blackberry|fairphone|smartphone|"
    r"telefoon|mobiel|mobieltje|gsm|tablet|toestel|phone|mobile|device|handy|mac|outlook|proton ?mail|yahoo|gmail|"
    rf"windows(?: 1[01])?|mail|thunderbird|fairemail|k-9|spark|tuta(?:nota)?|canary|em client)\b{_LINK}[^?!]{{0,60}}|"
    r"(?:outlook voor \w+ (?:downloaden|ophalen)|download outlook .{2,20}|get outlook for .{2,20}|"
    rf"virusvrij\.?.{{0,60}}|virus-free\.?.{{0,60}}))\W{{0,3}}{_LINK}\W{{0,2}}$",
    re.IGNORECASE,
)
DELIMITER = re.compile(r"^(?:--|—|–|__+|\*\*\*+|={3,}|-{3,})\s*$")
SURE_DELIMITER = re.compile(r"^--\s*$")
CLOSING = re.compile(
    r"^\W{0,2}(?P<words>(?:(?:met|hele|heel|veel|alvast|lieve|warme|hartelijke|vriendelijke|beste|zonnige|collegiale|"
    r"solidaire|strijdbare|many|kind|kindest|best|warm|warmest|with|yours|all the)\s+){0,4}"
    r"(?:groet(?:en|jes)?|gr\.?|grtz|grtjs|mvg|m\.v\.g\.?|hgr?|vr\.? ?gr\.?|liefs|knuffel|kus(?:jes?)?|x{1,4}|"
    r"regards|wishes|best|cheers|love|sincerely|faithfully|truly|kr|br))"
    r"(?P<rest>[\s,.!;:–-]*(?:van|from)?\s*(?P<name>\S+(?:\s+\S+){0,4})?)\s*$",
    re.IGNORECASE,
)
SMALL_WORDS = {
    "van", "de", "den", "der", "het", "ten", "ter", "el", "al", "bin", "ben", "von", "und", "en", "&", "dr.", "drs.",
    "mr.",
}  # fmt: skip
NO_NAMES = {
    "dank", "dankje", "dankjewel", "bedankt", "thanks", "thankyou", "prima", "ja", "nee", "yes", "no", "ok", "oke",
    "oké", "succes", "sterkte", "eens", "akkoord", "mooi", "goed", "super", "top", "agreed", "great", "good", "amen",
    "klopt", "precies", "exact", "exactly", "inderdaad", "indeed", "groet", "groeten", "liefs", "regards",
    "hoi", "hallo", "hi",
}  # fmt: skip
CONTACT = re.compile(
    r"(?:\+|\b00)\d{2}[\s().-]*\d(?:[\s().-]*\d){7,10}\b|\b0\d(?:[\s().-]*\d){8}\b|[^\s<>@]@[^\s<>@]{1,255}\.[a-z]{2,}|"
    r"\bwww\.\S|\b(?:kvk|btw|big|tel|mob|t|m|e|w)\s?[:.]\s?\S",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(
    r"\b(?:zie|lees|staat|staan|antwoord\w*|reactie\w*|see|answers?|comments?|replies)\b.{0,40}"
    r"\b(?:onder|hieronder|onderstaand\w*|tussen de regels|in (?:het )?(?:rood|blauw|groen)|below|inline|"
    r"in (?:red|blue|green))\b",
    re.IGNORECASE,
)  # fmt: skip
TAIL = 7  # lines in which a signature is looked for
LEFTOVER = 12  # characters of the sent mail that make a line suspicious


def strip(text: str, *, speaks_as: Iterable[str], sent: str = "") -> Stripped:
    """`speaks_as` are the spellings of the name that will stand above the post: a closing with it says nothing new.

    `sent` is what stood in the mail that is answered; a line of it in what is left is a leftover.
    """
    doubts: set[Doubt] = set()
    own = {name.casefold() for name in speaks_as}
    lines, rest = _above_the_rest([line.rstrip() for line in text.split("\n")])
    if rest and not _holds_what_was_sent(rest, _words(sent)):
        doubts.add(Doubt.QUOTE)  # something else was cut off: perhaps what the member quotes from elsewhere
    pieces = [piece for piece in _between_quotes(lines) if any(line.strip() for line in piece)]
    stripped = [_without_signature(piece, own, doubts) for piece in pieces]
    kept = [piece for piece in stripped if piece]
    if len(kept) > 1 or (rest and any(ELSEWHERE.search(line) for piece in kept for line in piece)):
        doubts.add(Doubt.BETWEEN)
    found = re.sub(r"\n{3,}", "\n\n", "\n\n".join("\n".join(piece) for piece in kept)).strip()
    if any(_is_leftover(line, _words(sent)) for line in found.split("\n")):
        doubts.add(Doubt.QUOTE)
    return Stripped(found, doubts if found else set())


def names_in(text: str, *, hidden: Iterable[str], shown: Iterable[str], is_pseudonymous: bool) -> bool:
    """Whether `text` says who wrote it: one of the `hidden` words, or, under a pseudonym, a way to reach somebody.

    Words of one or two letters say nothing; neither do those of the name that is `shown` anyway.
    """
    said = set(re.findall(r"[^\W_]+", text.casefold()))
    free = {word for name in shown for word in re.findall(r"[^\W_]+", name.casefold())}
    for name in hidden:
        words = [word for word in re.findall(r"[^\W_]+", name.casefold()) if len(word) > 2 and word not in free]
        if any(word in said and word not in SMALL_WORDS for word in words):
            return True
    return is_pseudonymous and CONTACT.search(text) is not None


def _above_the_rest(lines: list[str]) -> tuple[list[str], list[str]]:
    """Up to where an unquoted copy of the sent mail begins, and that copy."""
    for place, line in enumerate(lines):
        if _begins_the_rest(lines, place, line):
            return lines[:place], lines[place:]
    return lines, []


def _holds_what_was_sent(rest: list[str], sent: str) -> bool:
    """Whether what was cut off is our mail: it has our line or our words, or nothing but a head was left of it."""
    bare = [line.strip() for line in rest if line.strip() and not line.lstrip().startswith(">")]
    marked, below = any(marker in line.casefold() for line in bare for marker in MARKERS), bare[1:]
    said = any(len(words) >= LEFTOVER and words in sent for words in map(_words, below[:500]))
    heads = (NEXT_OF_HEAD.match(line) or FIRST_OF_HEAD.match(line) or SAID.search(line) for line in below)
    return marked or said or all(heads)


def _begins_the_rest(lines: list[str], place: int, line: str) -> bool:
    bare = line.strip()
    if bare == REST or bare.casefold().strip("*_ ") in MARKERS or RULE.match(line):
        return True
    coming = [later for later in lines[place : place + 8] if later.strip()]
    if LONG_LINE.match(line):
        return len(coming) > 1 and FIRST_OF_HEAD.match(coming[1]) is not None
    if FIRST_OF_HEAD.match(line):
        return sum(1 for later in coming[1:6] if NEXT_OF_HEAD.match(later)) >= 2
    length = _attribution(lines, place)
    if not length:
        return False
    # An attribution above lines that bear no mark of quoting: only when it's beyond doubt that it is one.
    after = [later for later in lines[place + length :] if later.strip()]
    said = " ".join(lines[place : place + length])
    return (not after or not after[0].lstrip().startswith(">")) and bool(
        DATE.search(said) and MAIL_OR_HOUR.search(said)
    )


def _attribution(lines: list[str], place: int) -> int:
    """How many lines from `place` say who wrote what follows; 0 when they say something else."""
    if not lines[place].strip() or lines[place].lstrip().startswith(">"):
        return 0
    for length in (1, 2, 3):
        said = lines[place : place + length]
        if len(said) < length or not all(line.strip() for line in said):
            return 0
        joined = " ".join(line.strip() for line in said)
        if len(joined) < 300 and SAID.search(joined) and BEGINS_SAYING.match(joined):
            return length
    return 0


def _next_line(lines: list[str], place: int) -> str:
    """The first that says something, not far below `place`."""
    return next((line for line in lines[place : place + 20] if line.strip()), "")


def _between_quotes(lines: list[str]) -> list[list[str]]:
    """The pieces that are not quoted. The line above a quote that says whose it is goes with the quote."""
    pieces: list[list[str]] = [[]]
    place = 0
    while place < len(lines):
        if lines[place].lstrip().startswith(">"):
            if pieces[-1]:
                pieces.append([])
            place += 1
            continue
        length = _attribution(lines, place)
        after = _next_line(lines, place + length) if length else ""
        if length and (after.lstrip().startswith(">") or not after):
            place += length
            continue
        pieces[-1].append(lines[place])
        place += 1
    return pieces


def _without_signature(piece: list[str], own: set[str], doubts: set[Doubt]) -> list[str]:
    """Without what is surely one; what may be one stays, with a doubt."""
    lines = [line for line in piece if not (len(line) < 200 and FROM_A_PHONE.match(line))]
    delimiter = next((place for place, line in enumerate(lines) if SURE_DELIMITER.match(line)), None)
    if delimiter is not None:
        lines = lines[:delimiter]
    lines = _trimmed(lines)
    if not lines:
        return []
    if any(DELIMITER.match(line) for line in lines[-TAIL - 1 :]):
        doubts.add(Doubt.SIGNATURE)
    lines = _without_closing(lines, own, doubts)
    return _without_name(lines, own, doubts)


def _without_closing(lines: list[str], own: set[str], doubts: set[Doubt]) -> list[str]:
    """ "Groet, Anna" goes when Anna is who speaks; with anything else under it, it is for the member to say."""
    written = [place for place, line in enumerate(lines) if line.strip()]
    for place in written[-TAIL:]:
        found = CLOSING.match(lines[place]) if len(lines[place]) <= 60 else None
        if found is None:
            continue
        beside, under = (found["name"] or "").strip(" ,.!"), [lines[at].strip(" ,.!") for at in written if at > place]
        said = [*([beside] if beside else []), *under]
        if all(_is_own(name, own) for name in said):
            return _trimmed(lines[:place])
        doubts.add(Doubt.SIGNATURE)
        return lines
    return lines


def _without_name(lines: list[str], own: set[str], doubts: set[Doubt]) -> list[str]:
    """A last line that is only a name, or a way to reach somebody."""
    written = [line for line in lines if line.strip()]
    if not written:
        return lines
    last = written[-1].strip()
    bare = last.strip(" -–—~*_,.()")
    if len(written) > 1 and _is_own(bare, own):
        return _trimmed(lines[: max(place for place, line in enumerate(lines) if line.strip())])
    words = bare.split()
    looks_like_a_name = (
        len(written) > 1
        and 0 < len(words) <= 4
        and len(bare) <= 40
        and not last.endswith((".", "?", "!", ":", ";", "…"))
        and all(
            word.casefold() in SMALL_WORDS or (word[0].isupper() and not any(map(str.isdigit, word))) for word in words
        )
        and "".join(words).casefold() not in NO_NAMES
    )
    if looks_like_a_name or any(len(line) < 60 and CONTACT.search(line) for line in written[-4:]):
        doubts.add(Doubt.SIGNATURE)
    return lines


def _is_own(said: str, own: set[str]) -> bool:
    bare = said.strip(" -–—~*_,.()@x").casefold()
    return bool(bare) and (bare in own or said.strip(" -–—~*_,.()").casefold() in own)


def _is_leftover(line: str, sent: str) -> bool:
    bare = line.strip()
    words = _words(bare)
    return (
        bare.startswith(">")
        or any(marker in bare.casefold() for marker in MARKERS)
        or FIRST_OF_HEAD.match(bare) is not None
        or (SAID.search(bare) is not None and DATE.search(bare) is not None)
        or (NEXT_OF_HEAD.match(bare) is not None and MAIL_OR_HOUR.search(bare) is not None)
        or (len(words) >= LEFTOVER and words in sent)
    )


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _trimmed(lines: list[str]) -> list[str]:
    """Without blank lines at either end."""
    written = [place for place, line in enumerate(lines) if line.strip()]
    return lines[written[0] : written[-1] + 1] if written else []
