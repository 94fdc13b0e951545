"""A bare address of another site is a link that says where it leads; nothing is asked of that site (D3, S9, S10)."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swexpertise.writing import write
from swexpertise.writing.markdown import sanitise

REL = 'rel="nofollow ugc noopener noreferrer"'


@pytest.mark.parametrize(
    ("typed", "leads_to", "reads"),
    [
        ("https://site.invalid/a?b=1#c", "https://site.invalid/a?b=1#c", "https://site.invalid/a?b=1#c"),
        ("http://site.invalid", "http://site.invalid", "http://site.invalid"),
        ("www.site.nl/a", "https://www.site.nl/a", "www.site.nl/a"),
        ("**https://site.invalid**", "https://site.invalid", "https://site.invalid"),
        ("https://site.invalid/(a)_b_c", "https://site.invalid/(a)_b_c", "https://site.invalid/(a)_b_c"),
        ("<https://site.invalid/x>", "https://site.invalid/x", "https://site.invalid/x"),
    ],
)
def test_a_bare_address_is_a_link(typed: str, leads_to: str, reads: str) -> None:
    """D3. What ends the sentence is no part of it; the source stays as it was typed."""
    kept = write(f"Zie {typed}.")
    assert f'<a href="{leads_to}" {REL}>{reads}</a>' in kept.html and kept.html.endswith(".</p>\n")
    assert kept.source == f"Zie {typed}." and reads in kept.plain


@pytest.mark.parametrize(
    "typed",
    [
        *("zin.De volgende", "verslag.pdf", "t.me/iemand", "a@site.invalid", "mailto:a@site.invalid", "//site.nl"),
        *("ftp://site.nl", "`https://site.nl`", "www.", "www.woord", "xhttps://site.nl", "https:\\//site.nl"),
        *("javascript://site.nl/%0Aalert(1)", "data://site.nl", "https://" + "a" * 3000 + ".nl"),
    ],
)
def test_what_only_looks_like_an_address_is_no_link(typed: str) -> None:
    """D3, S9."""
    assert "<a" not in write(typed).html


@pytest.mark.parametrize(
    ("typed", "reads"),
    [
        ("https://\u0430\u0440\u0440\u04cf\u0435.com/x", "https://xn--80ak6aa92e.com/x"),
        ("<https://\u0430\u0440\u0440\u04cf\u0435.com/x>", "https://xn--80ak6aa92e.com/x"),
        ("www.\u0430\u0440\u0440\u04cf\u0435.com", "www.xn--80ak6aa92e.com"),
        ("https://fa\u00df.de", "https://xn--fa-hia.de"),
        ("https://site.nl/%E2%80%AEgpj.exe", "https://site.nl/%E2%80%AEgpj.exe"),
        ("<https://site.nl/%E2%80%AEgpj.exe>", "https://site.nl/%E2%80%AEgpj.exe"),
    ],
)
def test_a_host_in_other_letters_is_shown_by_its_technical_name_and_escapes_stay(typed: str, reads: str) -> None:
    """S10, P15. No look-alike passes for another site, and nothing invisible turns the line around."""
    kept = write(typed)
    assert f">{reads}</a>" in kept.html and kept.plain == reads


def test_an_address_calls_nobody_and_makes_no_link_in_a_link() -> None:
    """D3."""
    kept = write("https://mastodon.invalid/@anna en [https://een.invalid](https://ander.invalid)")
    assert kept.handles == () and kept.html.count("<a ") == 2


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["https://", "www.", "a.nl", "/", "(", ")", "*", "_", "<", ">", '"', "&", "?", "\u0430", " "]),
        max_size=20,
    ).map("".join)
)
def test_sanitising_addresses_twice_changes_nothing(source: str) -> None:
    """S9."""
    kept = write(source)
    assert sanitise(kept.html) == kept.html


@pytest.mark.parametrize(
    "piece",
    [
        *("https://", "://", "www.", "www.a.nl.", "(www.a.", "https://a.nl ", "https://x.nl?", 'https://x.nl/"'),
        *("https://x.nl/[", "*https://a.nl*", "(http://a.nl", "https://x.nl/(a"),
    ],
)
def test_a_hundred_thousand_signs_of_addresses_are_read_in_no_time(piece: str) -> None:
    """D20. No pattern runs away; the library's own takes minutes for some of these."""
    began = time.process_time()
    write(piece * (100_000 // len(piece)))
    assert time.process_time() - began < 5
