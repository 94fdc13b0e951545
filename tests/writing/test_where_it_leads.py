"""Words that look like one address never lead to another in silence (D3)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swexpertise.writing import write
from swexpertise.writing.addresses import leads_to
from swexpertise.writing.markdown import sanitise

EVIL = "https://evil.example/inloggen"
# What stands between the brackets, where it leads, and the host that is shown.
DECEIVING = [
    ("https://bank.example", EVIL, "evil.example"),
    ("http://bank.example/zoek?a=1", EVIL, "evil.example"),
    ("HTTPS://BANK.EXAMPLE", "HTTPS://EVIL.EXAMPLE", "evil.example"),
    ("www.bank.example", EVIL, "evil.example"),
    ("bank.example", EVIL, "evil.example"),
    ("Ga naar bank.example en log in", EVIL, "evil.example"),
    ("bank.example/inloggen", EVIL, "evil.example"),
    ("(bank.example).", EVIL, "evil.example"),
    ("**bank**.ex*ample*", EVIL, "evil.example"),
    ("`https://bank.example`", EVIL, "evil.example"),
    ("![bank.example](https://evil.example/x.png)", EVIL, "evil.example"),
    ("https://evil.example en https://bank.example", EVIL, "evil.example"),
    ("https://bank.example", "https://bank.example@evil.example", "evil.example"),
    ("https://bank.example@evil.example", "https://bank.example@evil.example", "evil.example"),
    ("https://bank.example", "https://bank.example:443@evil.example:8443/x", "evil.example"),
    ("https://bank.example", "https://bank.example\\@evil.example/", "evil.example"),
    ("https://bank.example", "https://bank.example.evil.example", "bank.example.evil.example"),
    ("https://bank.example", "//evil.example/x", "evil.example"),
    ("https://bank.example", "https:evil.example", "evil.example"),
    ("https://bank.example", "https:///evil.example", "evil.example"),
    ("https://bank.example", "https://%65vil.example/", "evil.example"),
    ("https://bank.example", "&#104;ttps://evil.example", "evil.example"),
    ("bank&#46;example", EVIL, "evil.example"),
    ("bank&period;example", EVIL, "evil.example"),
    ("bank&#x200b;.exam&shy;ple", EVIL, "evil.example"),
    ("bank\u3002example", EVIL, "evil.example"),
    ("\uff42\uff41\uff4e\uff4b\uff0e\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45", EVIL, "evil.example"),
    ("https://intranet", EVIL, "evil.example"),
    ("https://192.0.2.1/", "https://192.0.2.7/", "192.0.2.7"),
    ("ftp://bank.example", EVIL, "evil.example"),
    ("https://b\u0430nk.example", "https://b\u0430nk.example", "xn--bnk-6cd.example"),  # a Cyrillic а
    ("bank.example", "https://b\u0430nk.example", "xn--bnk-6cd.example"),
    ("b\u0430nk.example", "https://bank.example", "bank.example"),
    ("https://xn--bnk-6cd.example", EVIL, "evil.example"),
    ("https://bank.example", "mailto:dief@evil.example", "dief@evil.example"),
    ("zorg@bank.example", "mailto:dief@evil.example?subject=zorg@bank.example", "dief@evil.example"),
    ("zorg@bank.example", "mailto:dief@bank.example", "dief@bank.example"),
    ("zorg@bank.example", EVIL, "evil.example"),
    ("https://bank.example", "/discussions/", "localhost"),
    ("https://bank.example", "#deel", "localhost"),
]
HONEST = [
    ("de site van de bank", EVIL),
    ("https://evil.example/iets-anders", EVIL),
    ("EVIL.example", EVIL),
    ("www.evil.example", EVIL),
    ("evil.example", "https://www.evil.example/x"),
    ("https://evil.example:8443", EVIL),
    ("evil.example/a/b.php?x=bank.example", EVIL),
    ("rapport.pdf", "https://evil.example/rapport.pdf"),
    ("d.w.z. hier, a.u.b.", EVIL),
    ("versie 2.10", EVIL),
    ("zorg@evil.example", "mailto:zorg@evil.example"),
    ("Mail zorg@evil.example.", "mailto:zorg@evil.example?subject=Hallo"),
    ("Schrijf ons", "mailto:zorg@evil.example"),
    ("https://bank.example", "javascript:alert(1)"),
    ("https://bank.example", "tel:112"),
]


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = "https://localhost"


def linked(words: str, href: str) -> str:
    return f"[{words}]({href})"


@pytest.mark.parametrize(("words", "href", "real"), DECEIVING)
def test_words_like_an_address_are_followed_by_where_the_link_leads(words: str, href: str, real: str) -> None:
    """D3. Inside the link, so that it is read out with it; sanitised once more it is the same."""
    written = write(linked(words, href))
    assert f" ({real})</a>" in written.html, written.html
    assert f"({real})" in written.plain
    assert sanitise(written.html) == written.html == sanitise(sanitise(written.html))


@pytest.mark.parametrize(("words", "href"), HONEST)
def test_a_link_that_says_where_it_leads_or_says_no_address_stays_as_it_is(words: str, href: str) -> None:
    """D3."""
    assert "</a>" not in (html := write(linked(words, href)).html) or " (" not in html.split("</a>")[0], html


@pytest.mark.parametrize(
    "source",
    ["https://a.example/b", "www.a.example", "<https://a.example>", "<x@a.example>", "https://café.example/", EVIL],
)
def test_a_bare_address_says_itself_once(source: str) -> None:
    """D3."""
    html = write(source).html
    assert html.count("</a>") == 1 and " (" not in html


def test_a_bare_address_with_a_name_before_its_host_shows_the_host(settings) -> None:
    """D3. A browser takes what stands before the @ for a name."""
    for source in ("https://bank.example@evil.example", "<https://bank.example@evil.example/>"):
        assert " (evil.example)</a>" in write(source).html


@pytest.mark.parametrize("sign", ["&#8238;", "&#x202E;", "&#8203;", "&#xFEFF;", "&#x2066;"])
def test_a_turned_or_invisible_sign_written_as_an_entity_is_gone_too(sign: str) -> None:
    """D20. It would turn round what stands behind it, the real host included."""
    html = write(f"[https://bank.example{sign}]({EVIL})").html
    assert "https://bank.example (evil.example)</a>" in html


def test_a_link_of_references_and_one_with_a_title_hold_too() -> None:
    """D3."""
    html = write(f'[https://bank.example][1] en [bank.example]({EVIL} "bank.example")\n\n[1]: {EVIL}').html
    assert html.count("(evil.example)</a>") == 2


def test_a_long_row_of_signs_is_looked_through_in_no_time() -> None:
    """D20. Linear in its length."""
    for text in ("a" * 200_000, "a." * 100_000, "a.bb " * 40_000, "//" * 100_000, "@" * 200_000):
        begin = time.perf_counter()
        leads_to(text, EVIL)
        assert time.perf_counter() - begin < 2


@given(words=st.text(max_size=60), host=st.sampled_from(["bank.example", "BANK.example", "sub.bank.example"]))
def test_whatever_stands_around_it_another_host_is_found(words: str, host: str) -> None:
    """D3. As a word of its own, whatever else the words of the link are."""
    assert leads_to(f"{words} {host}", EVIL) == "evil.example"


@given(words=st.text(), href=st.text())
def test_no_words_and_no_address_break_it(words: str, href: str) -> None:
    """D20."""
    assert isinstance(leads_to(words, href), str)
    assert isinstance(leads_to(words, "https://" + href), str)
