"""Our mail in the programs that members read it with: what Outlook's Word engine and Gmail don't know, we don't need.

What each program supports was looked up in the data of caniemail.com (github.com/hteumeuleu/caniemail, `_features/`,
as of 29 June 2026), for Outlook, Gmail, Apple Mail and Thunderbird on whatever they run; a file of it is named below
where it says more than yes. What stands in neither list fails: a new property is looked up there first.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from accounts.models import User
from swexpertise.mail import kinds
from tests.harness.mail import MailServer, Received
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants
from tests.notifications.test_every_kind import MAKE, world

__all__ = ["world"]  # a fixture
pytestmark = pytest.mark.django_db
CLIPPED = 102 * 1024  # bytes of a mail that Gmail shows
STYLE = 8192  # characters of a style element that Gmail surely reads; over it, none of it (html-style: by now 16 KB)
TAGS = {
    "html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "div", "p", "h1", "h2", "h3",
    "a", "strong", "br", "blockquote", "span", "ul", "li",
}  # fmt: skip
HONOURED = {  # by all of them, in the elements where we use it
    "margin", "margin-top", "color", "background-color", "line-height", "font-family", "font-size", "font-weight",
    "text-decoration", "width", "padding",
}  # fmt: skip
ONLY_NICER = {
    "max-width": "Outlook knows it of tables only, and takes the width of the conditional table around it",
    "border-radius": "Outlook draws square corners",
    "border-top": "css-border: of a paragraph or block Outlook may leave it out",
    "border-bottom": "css-border: of a paragraph or block Outlook may leave it out",
    "border-left": "css-border: of a paragraph or block Outlook may leave it out",
    "padding-left": "css-padding: Outlook knows it of cells only; it sets a quotation and a list in by itself",
    "padding-top": "css-padding: Outlook leaves less room under a line",
    "padding-bottom": "css-padding: Outlook leaves less room above a line",
    "word-break": "css-word-break: known to all but the old Windows Mail; without it a very long word sticks out",
}
# Where one of them doesn't honour it, or not so: css-margin, css-padding, css-width, css-line-height,
# css-text-decoration, css-important.
NOT_SO = {
    "margin": lambda tag, value: tag == "span" or "-" in value,
    "margin-top": lambda tag, value: tag == "span" or "-" in value,
    "padding": lambda tag, value: tag != "td" and set(value) != {"0"},
    "width": lambda tag, value: tag not in ("table", "td"),
    "line-height": lambda tag, value: not re.fullmatch(r"[\d.]+", value),
    "text-decoration": lambda tag, value: " " in value,
}
COLOUR, BODY = re.compile(r"#[0-9A-Fa-f]{6}\b"), ("#231C26", "#FBF8F3")
# css-variables, css-unit-calc, -rem, -vw, -vh, -ch: not in Outlook. css-rgba, css-modern-color: for one way of
# writing them Gmail drops the whole attribute. Lengths by em are known by all; ours, and colours, are written one way.
UNKNOWN = re.compile(
    r"var\(|calc\(|url\(|rgba?\(|hsla?\(|-gradient|#[0-9A-Fa-f]{3}\b(?![0-9A-Fa-f])|\d(?:r?em|v[wh]|ch)\b"
)


class Elements(HTMLParser):
    """Each element with what is said of it, and the words in it with their own colour and that of the ground."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.words: list[tuple[str, str, str]] = []
        self._inside: list[tuple[str, str, str]] = [("", *BODY)]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        said = {name: value or "" for name, value in attrs}
        self.found.append((tag, said))
        if tag not in ("meta", "br"):
            style = declarations(said.get("style", ""))
            _tag, words, ground = self._inside[-1]
            self._inside.append((tag, style.get("color", words), style.get("background-color", ground)))

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop()[0] == tag, f"{tag} is closed and wasn't open"

    def handle_data(self, data: str) -> None:
        tag, words, ground = self._inside[-1]
        if data.strip() and tag not in ("style", "title"):
            self.words.append((data.strip(), words, ground))


def declarations(style: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in style.replace("!important", "").split(";") if one.strip())
    return {name.strip(): value.strip() for name, _colon, value in pairs}


def contrast(one: str, other: str) -> float:
    """By WCAG 2, from 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def style_elements(html: str) -> list[str]:
    return re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)


@pytest.fixture
def detail() -> str:
    return "full"


@pytest.fixture(params=sorted(kind for kind, made in kinds().items() if made.html))
def received(
    request: pytest.FixtureRequest, mail: MailServer, settings: Any, world: None, coordinator: User, cas: User
) -> Received:
    """A mail of each kind that has HTML, answered by mail where that can be."""
    settings.REPLY_DOMAIN = "antwoord.invalid"
    MAKE[request.param](cas=cas, coordinator=coordinator)
    (received,) = mail.inbox
    assert received.html
    return received


def checked(received: Received) -> Iterator[str]:
    """What some program would not show as it is meant."""
    html = received.html
    for tag, said in Elements(html).found:
        if tag not in TAGS:
            yield f"the element {tag}"
        if tag == "table" and said.get("role") != "presentation":
            yield "a table that is read out as one"
        if tag == "a" and not said.get("href", "").startswith("https://swexpertise.invalid/"):
            yield f"a link to {said.get('href')}"
        if tag == "a" and "color" not in declarations(said.get("style", "")):
            yield "a link in the colour of the program"
        if "!important" in said.get("style", ""):
            yield "!important in an attribute"
        for name, value in declarations(said.get("style", "")).items():
            is_honoured = name in HONOURED and not NOT_SO.get(name, lambda _tag, _value: False)(tag, value)
            if not (is_honoured or name in ONLY_NICER) or UNKNOWN.search(value):
                yield f"{name}: {value} on {tag}"


def test_no_mail_needs_what_outlook_or_gmail_does_not_know(received: Received) -> None:
    """N14. No flex, grid, position, float, variables, pictures or lengths by rem: tables and blocks, with the style of
    each in the element itself."""
    assert not list(checked(received))


def test_the_check_finds_what_it_looks_for(received: Received) -> None:
    received.message.get_body(("html",)).set_content(
        '<table><tr><td style="display: flex"><p style="padding: 1px; color: var(--ink); max-width: 3rem">'
        '<img src="x"><a href="https://elders.invalid/">x</a></p></td></tr></table>'.replace("<img src", "<br data-x"),
        subtype="html",
    )
    assert len(list(checked(received))) == 7
    received.message.get_body(("html",)).set_content(
        '<p style="margin: -1px; line-height: 20px; width: 9px; text-decoration: underline dotted">'
        '<span style="margin: 1px; color: #000000 !important; position: relative">x</span></p>',
        subtype="html",
    )
    assert len(list(checked(received))) == 7


def test_it_reads_well_without_the_style_element(received: Received) -> None:
    """N14. Gmail for other people's addresses takes the style element out: colours and sizes stand in the elements.
    By day, and by night in the programs that know it; others turn the colours round themselves."""
    (style,) = style_elements(received.html)
    assert "<style" not in received.html.partition("</head>")[2] and len(style) < STYLE
    assert style.count("{") == style.count("}") and "url(" not in style and "@import" not in style
    assert style.count("!important") == style.count(" !important;")  # css-important: else Outlook and Gmail drop it
    words = Elements(received.html).words
    assert len(words) > 3
    for text, colour, ground in words:
        assert COLOUR.fullmatch(colour) and contrast(colour, ground) >= 4.5, (text, colour, ground)
    night = style.partition("prefers-color-scheme: dark")[2].partition("{")[2]
    grounds = dict(re.findall(r"([^{}]+)\{[^}]*background-color: (#\w{6})", night))
    ground = next(colour for selector, colour in grounds.items() if "body" in selector)
    button = next(colour for selector, colour in grounds.items() if ".button" in selector)
    for selector, colour in re.findall(r"([^{};]+)\{(?:[^}]*[; ])?color: (#\w{6})", night):
        on = button if ".button" in selector else ground
        assert contrast(colour, on) >= 4.5, (selector, colour, on)
    assert {"color-scheme", "supported-color-schemes"} <= {
        said.get("name") for tag, said in Elements(received.html).found if tag == "meta"
    }


def test_text_and_html_lead_to_the_same_places(received: Received) -> None:
    """N14. And say the same: each address of one stands in the other; nothing is fetched, nothing counts who reads."""
    links = {said["href"] for tag, said in Elements(received.html).found if tag == "a"}
    assert links == set(re.findall(r"https://[^\s]+", received.text))
    assert "utm_" not in received.html + received.text and "src=" not in received.html


def test_the_fullest_overview_is_not_clipped(mail: MailServer, anna, bram, cas, space) -> None:
    """N14. Gmail cuts a mail at 102 kB: the longest titles and texts, in as many discussions as an overview shows."""
    follows(wants(cas), space)
    for number in range(12):
        thread = open_thread(anna, space, f"{number} " + "Titel met ’s. " * 14, "Tekst.", is_history=True)
        for one in range(3):
            reply(
                bram,
                thread,
                ("@cas " if one else "") + "Kañarie “wit” & geel. " * 40,
                at=BEFORE + timedelta(seconds=one),
            )
    sweep(MORNING)
    (received,) = mail.to(cas.email)
    assert "En nog" in received.text and len(received.raw) < CLIPPED * 0.6


def test_every_kind_is_far_from_being_clipped(received: Received) -> None:
    """N14."""
    assert len(received.raw) < 20_000
