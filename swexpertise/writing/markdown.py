"""From Markdown to stored HTML and stored plain text: CommonMark with tables, footnotes, strike-through, addresses.

Raw HTML is off, remote images are dropped to their description (no request to another host), and the result passes an
allow-list sanitiser. Sanitising what came out once more changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import nh3
from django.utils.html import strip_tags
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from swexpertise.writing import references
from swexpertise.writing.addresses import Markdown, leads_to

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "sup", "section", "span"),
    *("details", "summary"),
}
ATTRIBUTES = {
    "a": {"href", "title", "id", "class", "data-ref"},
    "ol": {"start", "class"},
    "li": {"id", "class"},
    "section": {"class"},
    "sup": {"class"},
    "span": {"class", "data-mention"},
    "th": {"align"},
    "td": {"align"},
}
CLASSES = {
    "a": {"footnote-backref", "footnote-anchor", "ref"},
    "details": {"quoted"},
    "ol": {"footnotes-list"},
    "li": {"footnote-item"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
    "span": {"mention"},
}
# Handles of names: letters, digits and hyphens, two to forty characters (experts.models.Name.handle).
MENTION = re.compile(r"(?<![\w@/.])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9]))(?![\w@])")
FOLD = "fold"
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Written:
    """What is stored: the source as cleaned, its HTML, its plain text, and the handles it calls (lower case)."""

    source: str
    html: str
    plain: str
    handles: tuple[str, ...]


def clean(source: str) -> str:
    """Without control characters and invisible direction changes; line ends as \\n."""
    return CONTROLS.sub("", source.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _headings_below_the_page(state: StateCore) -> None:
    """The page and its posts own h1; what is written starts at h2."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"


def _no_remote_images(state: StateCore) -> None:
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "image":
                child.type, child.tag, child.nesting = "text", "", 0
                child.content = child.content or child.attrs.get("src", "")  # type: ignore[assignment]  # src is text


def _references(state: StateCore) -> None:
    """A link to a thing of this site without words of its own becomes one that gets its title when read. Till then it
    says its address, which tells no title."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_with_references(token.children))


def _with_references(children: list[Token]) -> Iterator[Token]:
    link: list[Token] = []
    for child in children:
        if link or child.type == "link_open":
            link.append(child)
            if child.type == "link_close":
                yield from _titled(link)
                link = []
            continue
        if child.type != "text":
            yield child
            continue
        at = 0
        for start, end, reference, address in references.in_text(child.content):
            yield Token("text", "", 0, content=child.content[at:start])
            yield from _reference(reference, address)
            at = end
        yield Token("text", "", 0, content=child.content[at:])
    yield from link


def _titled(link: list[Token]) -> list[Token]:
    """`link`, from its opening to its end, or what stands for it when it has no words of its own."""
    address = str(link[0].attrs.get("href", ""))
    words = "".join(child.content for child in link[1:-1])
    reference = references.named_by(address) if words in ("", address) else None
    return _reference(reference, address) if reference else link


def _reference(reference: str, address: str) -> list[Token]:
    opening = Token("link_open", "a", 1)
    opening.attrs = {"href": address, "class": "ref", "data-ref": reference}
    return [opening, Token("text", "", 0, content=address), Token("link_close", "a", -1)]


def _where_it_leads(state: StateCore) -> None:
    """Words that look like one address never lead to another in silence: the real host stands behind them."""
    for token in state.tokens:
        opened: Token | None = None
        words: list[str] = []
        children: list[Token] = []
        for child in token.children or []:
            if child.type == "link_open":
                opened, words = child, []
            elif child.type == "link_close" and opened is not None:
                real = leads_to("".join(words), str(opened.attrs.get("href", "")))
                if real and "data-ref" not in opened.attrs:
                    children.append(Token("text", "", 0, content=f" ({real})"))
                opened = None
            else:
                words.append(" " if child.type in ("softbreak", "hardbreak") else child.content)
            children.append(child)
        if token.children:
            token.children = children


def _mentions(state: StateCore) -> None:
    """`@handle` outside links and code becomes a span, resolved when read. An archive calls nobody."""
    if FOLD in state.env:
        return
    for token in state.tokens:
        if token.type != "inline" or not token.children:
            continue
        children: list[Token] = []
        in_link = 0
        for child in token.children:
            in_link += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type != "text" or in_link:
                children.append(child)
                continue
            at = 0
            for match in MENTION.finditer(child.content):
                children.append(Token("text", "", 0, content=child.content[at : match.start()]))
                opening = Token("mention_open", "span", 1)
                opening.attrs = {"class": "mention", "data-mention": match[1].lower()}
                children += [
                    opening,
                    Token("text", "", 0, content=match[0]),
                    Token("mention_close", "span", -1),
                ]
                at = match.end()
            children.append(Token("text", "", 0, content=child.content[at:]))
        token.children = children


def _folded_quotes(state: StateCore) -> None:
    """Each outermost quote behind a fold that opens without script."""
    if FOLD not in state.env:
        return
    folded: list[Token] = []
    for token in state.tokens:
        is_outermost = token.level == 0 and token.tag == "blockquote"
        if is_outermost and token.nesting == 1:
            folded += [
                Token("details_open", "details", 1, attrs={"class": "quoted"}),
                Token("summary_open", "summary", 1),
                Token("text", "", 0, content=str(state.env[FOLD])),
                Token("summary_close", "summary", -1),
            ]
        folded.append(token)
        if is_outermost and token.nesting == -1:
            folded.append(Token("details_close", "details", -1))
    state.tokens = folded


@cache
def _parser() -> Markdown:
    parser = Markdown(html=False, breaks=True, maxNesting=40)
    parser.use(footnote_plugin, inline=False)
    parser.core.ruler.push("headings", _headings_below_the_page)
    parser.core.ruler.push("images", _no_remote_images)
    parser.core.ruler.push("references", _references)
    parser.core.ruler.push("where it leads", _where_it_leads)
    parser.core.ruler.push("mentions", _mentions)
    parser.core.ruler.push("folds", _folded_quotes)
    return parser


def _known_reference(_tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "data-ref" or references.is_reference(value) else None


def sanitise(html: str) -> str:
    """Only the allowed tags, attributes, classes and addresses (http, https, mailto, and within the site)."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={tag: names - {"class"} for tag, names in ATTRIBUTES.items()},
        allowed_classes=CLASSES,
        attribute_filter=_known_reference,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
        strip_comments=True,
    )


def write(source: str, *, note_prefix: str = "", fold: str = "", by: Any = None) -> Written:
    """`source` in Markdown as it will be stored. `note_prefix` keeps footnotes of two posts on one page apart.

    `fold` is for text from an archive: quotes stand behind a fold with this label, and nobody is called. `by`, the
    writer (nobody: a visitor), is asked what they may see when an address of this site is looked up.
    """
    text = references.reduced(clean(source), by)
    environment = {key: value for key, value in (("docId", note_prefix), (FOLD, fold)) if value}
    html = sanitise(CONTROLS.sub("", _parser().render(text, environment)))  # written as an entity, too
    return Written(source=text, html=html, plain=plain_text(html), handles=handles_in(html))


def handles_in(html: str) -> tuple[str, ...]:
    """The handles called in stored HTML, each once, in order."""
    return tuple(dict.fromkeys(re.findall(r'data-mention="([a-z0-9-]+)"', html)))


def plain_text(html: str) -> str:
    """Stored HTML as plain text with a blank line between blocks: for search, excerpts and mail."""
    marked = re.sub(r"<summary>.*?</summary>", "", html)
    marked = re.sub(r"<li[^>]*>", "– ", marked)
    marked = re.sub(r"</t[dh]>\s*<t[dh][^>]*>", " · ", marked)
    marked = re.sub(r"<tr>\s*|\s*(?=</tr>)", "", marked)
    marked = re.sub(r"<br ?/?>|</(p|li|tr|h\d|pre|blockquote)>", "\n", marked)
    text = nh3.clean(marked, tags=set())
    text = strip_tags(text)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return re.sub(r"\n\s*\n+", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def quotations(source: str) -> list[tuple[int, int]]:
    """The outermost quotations in Markdown: from which line up to, not including, which (counted from 0). Lines that
    belong to one without a mark of their own are in it."""
    found: list[tuple[int, int]] = []
    for token in _parser().parse(source):
        if token.type == "blockquote_open" and token.map and (not found or token.map[0] >= found[-1][1]):
            found.append((token.map[0], token.map[1]))
    return found
