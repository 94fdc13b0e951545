"""The text of an HTML mail. What mail programs mark as a quote becomes a quoted line; marked signatures go."""

import re
from html.parser import HTMLParser

VOID = {"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "embed", "source", "wbr", "o:p"}
HIDDEN = {"script", "style", "head", "title", "template", "object", "select", "textarea"}
BLOCKS = {
    "address", "article", "blockquote", "div", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p",
    "pre", "section", "table", "tr", "ul",
}  # fmt: skip
APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre"}  # with a blank line around
QUOTES = ("gmail_quote", "gmail_extra", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "moz-cite-prefix")
SIGNATURES = ("gmail_signature", "moz-signature", "protonmail_signature_block", "apple-mail-signature")
SIGNATURE_IDS = ("signature", "ms-outlook-mobile-signature", "applemailsignature", "composer_signature")
# Where Outlook begins what was answered: everything after it is that.
REST_IDS = ("appendonsend", "divrplyfwdmsg", "mail-editor-reference-message-container", "x_divrplyfwdmsg")
OUTLOOK_LINE = re.compile(r"border-top:\s*solid\s+#(?:e1e1e1|b5c4df)", re.IGNORECASE)
QUOTED = "> …"
REST = "-----Original Message-----"
MOST_DEEP = 400


def text_of(html: str) -> str:
    """Lines of text; a quote is one line `> …`, and what follows the line of Outlook stands under its usual words.

    Raises ValueError when it is nested deeper than any mail program writes.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.open: list[tuple[str, bool]] = []  # each open element, and whether nothing in it counts
        self.silent = 0
        self.links: list[tuple[str, int, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "") for name, value in attrs}
        if not self.silent:
            self._begin(tag, given)
        if tag in VOID:
            return
        is_silent = not self.silent and self._silences(tag, given)
        if len(self.open) >= MOST_DEEP:
            raise ValueError("deeper than any mail program writes")
        self.open.append((tag, is_silent))
        self.silent += is_silent

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.silent:
            self._begin(tag, {name: (value or "") for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        place = next((at for at in range(len(self.open) - 1, -1, -1) if self.open[at][0] == tag), None)
        if place is None:
            return
        for _tag, is_silent in self.open[place:]:
            self.silent -= is_silent
        del self.open[place:]
        if self.silent:
            return
        if tag == "a" and self.links:
            self._name_link()
        if tag in BLOCKS:
            self._line()
            if tag in APART:
                self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if any(tag == "pre" for tag, _is_silent in self.open):
            first, *rest = data.split("\n")
            self.lines[-1] += first
            self.lines += rest
            return
        words = re.sub(r"[ \t\r\n]+", " ", data)
        self.lines[-1] += words if self.lines[-1] else words.lstrip(" ")

    def text(self) -> str:
        text = "\n".join(line.rstrip(" ") for line in self.lines)
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        if tag in BLOCKS:
            self._line()
            if tag in APART and self.lines[-1:] == [""] and len(self.lines) > 1 and self.lines[-2]:
                self.lines.append("")
        if tag == "br":
            self.lines.append("")
        elif tag == "li":
            self.lines[-1] += "- "
        elif tag == "a":
            self.links.append((given.get("href", ""), len(self.lines) - 1, len(self.lines[-1])))
        if given.get("id", "").lower() in REST_IDS or OUTLOOK_LINE.search(given.get("style", "")):
            self._line()
            self.lines += [REST, ""]

    def _silences(self, tag: str, given: dict[str, str]) -> bool:
        """Whether nothing inside counts; a quote leaves a line in its place."""
        classes = given.get("class", "").lower()
        is_quote = tag == "blockquote" or any(name in classes for name in QUOTES)
        if is_quote:
            self._line()
            self.lines += [QUOTED, ""]
        is_signature = given.get("id", "").lower() in SIGNATURE_IDS or any(name in classes for name in SIGNATURES)
        style = given.get("style", "").replace(" ", "").lower()
        return is_quote or is_signature or tag in HIDDEN or "display:none" in style

    def _line(self) -> None:
        if self.lines[-1]:
            self.lines.append("")

    def _name_link(self) -> None:
        """The address behind it, where the text doesn't say it."""
        address, line, start = self.links.pop()
        said = self.lines[-1][start:].strip() if line == len(self.lines) - 1 else ""
        if said and address.startswith(("http://", "https://")) and said.rstrip("/") not in address:
            self.lines[-1] = f"{self.lines[-1].rstrip()} ({address})"
