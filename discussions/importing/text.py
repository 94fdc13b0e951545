"""The text of a mail as this platform keeps text: paragraphs and quotes in Markdown, nothing in it read as markup."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from swexpertise.writing.markdown import clean

MOST_QUOTES = 6
SHORT = 55  # a line this short was ended by its writer; a longer one by the mail program
SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!^])")
ITEM = re.compile(r"(?:[-+•]|\d{1,3}[.)])\s")
LEADING = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([-+=])")
ADDRESS = re.compile(r"<?\b[\w.+%-]+@[\w-]+(?:\.[\w-]+)+\b>?")
FOOTER = re.compile(r"^_{30,}\s*$")


def unflowed(text: str, *, delsp: bool = False) -> str:
    """format=flowed (RFC 3676): a line that ends in a space goes on in the next of the same quote depth."""
    lines: list[str] = []
    flows, last_depth = False, 0
    for raw in text.split("\n"):
        rest = raw.lstrip(">")
        depth = len(raw) - len(rest)
        rest = rest.removeprefix(" ")
        is_signature = rest == "-- "
        if flows and depth == last_depth and not is_signature:
            lines[-1] += rest
        else:
            lines.append(f"{'>' * depth} {rest}" if depth else rest)
        flows = rest.endswith(" ") and not is_signature
        if flows and delsp:
            lines[-1] = lines[-1][:-1]
        last_depth = depth
    return "\n".join(lines)


def without_signature(text: str) -> str:
    """Cut at "-- ", and at the footer that a list puts under every mail."""
    kept: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line == "-- ":
            break
        if FOOTER.match(line) and any("list" in after.lower() for after in lines[number + 1 : number + 3]):
            break
        kept.append(line.rstrip())
    return "\n".join(kept)


def title(subject: str) -> str:
    """A subject as a title: controls and invisible direction changes out, at most 200 characters."""
    return ADDRESS.sub("…@…", clean(subject))[:200].strip()


def markdown(text: str) -> str:
    """`text` of a mail as Markdown that shows just that. Addresses are left out: they are other people's."""
    made: list[str] = []
    depth_before = 0
    for depth, paragraph in _paragraphs(text):
        if made:
            made.append(("> " * min(depth, depth_before)).rstrip())
        made += [f"{'> ' * depth}{line}" for line in _broken(paragraph)]
        depth_before = depth
    return "\n".join(made)


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    held: list[str] = []
    held_depth = 0
    for raw in text.split("\n"):
        depth, line = _depth(raw)
        if held and (not line or depth != held_depth):
            yield held_depth, held
            held = []
        if line:
            held.append(line)
            held_depth = depth
    if held:
        yield held_depth, held


def _depth(line: str) -> tuple[int, str]:
    """`>>`, `> >` and `>` before a line count; deeper than MOST_QUOTES is shown as deep as that."""
    depth, rest = 0, line
    while rest[:1] == ">" or rest[:2] == " >":
        rest = rest.lstrip(" ")[1:]
        depth += 1
    return min(depth, MOST_QUOTES), rest.strip()


def _broken(lines: list[str]) -> Iterator[str]:
    """Lines that a mail program broke become one; those their writer ended stay apart (a line break is kept)."""
    joined = ""
    for number, line in enumerate(lines):
        joined = f"{joined} {line}" if joined else line
        is_last = number + 1 == len(lines)
        if is_last or len(line) <= SHORT or ITEM.match(lines[number + 1]):
            yield _plain(joined)
            joined = ""


def _plain(line: str) -> str:
    line = ADDRESS.sub("…@…", line)
    line = SPECIAL.sub(r"\\\1", line)
    return LEADING.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", line)


class _Reader(HTMLParser):
    SILENT = {"script", "style", "head", "title", "template", "noscript"}
    BLOCKS = {"p", "div", "table", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "pre"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.silent: list[str] = []
        self.quotes = self.pre = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self.silent.append(tag)
        elif tag == "br":
            self.lines.append("")
        elif tag == "li":
            self.lines.append("- ")
        elif tag == "blockquote":
            self._apart()
            self.quotes += 1
        elif tag in self.BLOCKS:
            self._apart()
            self.pre += tag == "pre"
        elif tag in ("td", "th") and self.lines[-1]:
            self.lines[-1] += " "
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag in self.SILENT:
            # An end that was left out must not silence the whole mail: only the innermost counts.
            self.silent.pop()
        elif tag == "blockquote":
            self._apart()
            self.quotes = max(0, self.quotes - 1)
        elif tag in self.BLOCKS:
            self._apart()
            self.pre = max(0, self.pre - (tag == "pre"))
        elif tag == "a" and self.links:
            href = self.links.pop()
            if href.startswith(("http://", "https://")) and href not in self.lines[-1]:
                self.lines[-1] += f" ({href})"

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.pre:
            first, *more = data.split("\n")
            self.lines[-1] += first
            self.lines += [self._quoted(line) for line in more]
            return
        words = re.sub(r"\s+", " ", data)
        if not self.lines[-1]:
            self.lines[-1] = self._quoted("")
            words = words.lstrip()
        self.lines[-1] += words

    def _quoted(self, line: str) -> str:
        return ">" * self.quotes + (" " if self.quotes else "") + line

    def _apart(self) -> None:
        if self.lines[-1].strip("> "):
            self.lines += ["", ""]
        else:
            self.lines[-1] = ""


def text_of_html(html: str) -> str:
    """What a person reads in `html`: no script, no style, no picture; quotes with `>`, links with their address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.rstrip() for line in reader.lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
