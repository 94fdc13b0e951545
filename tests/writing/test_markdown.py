"""What people write becomes HTML once, and nothing in it can act, fetch or deceive (S9, S10)."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swexpertise.writing import write
from swexpertise.writing.markdown import clean, sanitise

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=https://evil.invalid></iframe>",
    "[klik](javascript:alert(1))",
    "[klik](JaVaScRiPt:alert(1))",
    "[klik](data:text/html;base64,PHNjcmlwdD4=)",
    "[klik](vbscript:x)",
    "<javascript:alert(1)>",
    "![p](https://evil.invalid/pixel.png)",
    "![p](//evil.invalid/pixel.png)",
    '[k](https://ok.invalid "title\\" onmouseover=alert(1) x=\\"")',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "<style>body{background:url(https://evil.invalid)}</style>",
    '<a href="https://ok.invalid" style="position:fixed" onclick=x>x</a>',
    "<form action=https://evil.invalid><input name=q></form>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
    "@<script>",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "| <script> | x |\n| - | - |\n| <img src=x onerror=y> | z |",
]
TAGS = {
    *(
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "strong",
        "em",
        "s",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
    ),
    *("details", "summary"),
    *("a", "table", "thead", "tbody", "tr", "th", "td", "sup", "section", "span"),
}
ATTRIBUTES = {"href", "title", "id", "class", "rel", "start", "align", "data-mention"}


class Reader(HTMLParser):
    """Reads HTML as a browser would, and notes what should not be there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong += [tag] * (tag not in TAGS)
        for name, value in attrs:
            address = re.sub(r"[\s\x00-\x1f]", "", value or "").lower()
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", address) if name == "href" else None
            if name not in ATTRIBUTES or (scheme and scheme[0] not in ("http:", "https:", "mailto:")):
                self.wrong.append(f"{tag} {name}={value}")


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_that_acts_or_fetches_survives(source: str) -> None:
    """S9, S10. Neither as a tag nor as an attribute nor as an address."""
    written = write(source)
    assert not Reader(written.html).wrong, written.html
    assert sanitise(written.html) == written.html


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>[]()!@#*_`|-\"'&;:/ \n\tabcé1😀‮javascript"), max_size=200))
def test_sanitising_twice_changes_nothing(source: str) -> None:
    """S9. Whatever somebody writes."""
    for html in (write(source).html, write(source, fold="Geciteerde <tekst>").html):
        assert sanitise(html) == html
        assert not Reader(html).wrong


def test_direction_changes_and_control_signs_are_taken_out() -> None:
    """D20, P15. They make a text read other than it is."""
    assert clean("a\u202eb\u2066c\x00d\x1be\ufeff\u200bf\r\ng") == "abcdef\ng"


def test_what_is_meant_stays() -> None:
    """D3. Emphasis, lists, tables, footnotes, quotes, links of the site and of others."""
    html = write(
        "# Kop\n\n**vet** ~~weg~~ [l](https://ok.invalid) [t](/discussions/)\n\n> citaat\n\n- een\n- twee"
    ).html
    for piece in (
        "<h2>Kop</h2>",
        "<strong>vet</strong>",
        "<s>weg</s>",
        'href="/discussions/"',
        "<blockquote>",
        "<li>een",
    ):
        assert piece in html
    assert 'rel="nofollow ugc noopener noreferrer"' in html
    assert "<td>1</td>" in write("| a |\n| - |\n| 1 |").html


def test_a_mention_is_a_handle_and_nothing_like_it() -> None:
    """D3. Not in an address, code or a link."""
    written = write("@anna en @Bram-2, mail a@cas.invalid, `@dirk`, [@els](https://ok.invalid), x@femke")
    assert written.handles == ("anna", "bram-2")


def test_quotes_of_an_archive_stand_behind_a_fold_and_call_nobody() -> None:
    """D15, S9. Only the outermost ones; the label is no part of what was said."""
    written = write("> @anna zei\n> > eerder\n\nJa @bram.\n\n- punt\n  > erin", fold="Geciteerde <tekst>")
    assert written.html.count('<details class="quoted"><summary>Geciteerde &lt;tekst&gt;</summary><blockquote>') == 1
    assert written.html.count("</blockquote>\n</details>") == 1 and written.html.count("<blockquote>") == 3
    assert written.handles == () and "Geciteerde" not in written.plain and "@anna zei" in written.plain


def test_footnotes_of_two_posts_on_one_page_stay_apart() -> None:
    one, other = (write("noot[^1]\n\n[^1]: tekst", note_prefix=prefix).html for prefix in ("p1", "p2"))
    ids = [set(re.findall(r'id="([^"]+)"', html)) for html in (one, other)]
    assert ids[0] and not ids[0] & ids[1]


def test_the_plain_form_says_the_same_without_signs() -> None:
    plain = write("**vet** & <b>\n\n1. een\n2. twee\n\n| a | b |\n| - | - |\n| 1 | 2 |").plain
    assert "vet & <b>" in plain and "– een" in plain and "1 · 2" in plain
    assert "**" not in plain and "&amp;" not in plain
