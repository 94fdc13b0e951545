"""An address of this site is stored without what tells its title, and nothing but a known reference gets through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swexpertise.writing import references, write
from swexpertise.writing.markdown import sanitise

SITE = "https://swexpertise.invalid"


@pytest.mark.parametrize(
    "written",
    [
        "/discussions/t/41/geheime-titel/",
        "/discussions/t/41/geheime-titel",
        "/discussions/t/41",
        "/discussions/t/0041/geheime-titel/?q=geheime-titel",
        f"{SITE}/discussions/t/41/geheime-titel/#geheime-titel",
        f"<{SITE}/discussions/t/41/geheime-titel/>",
        f"[[{SITE}/discussions/t/41/geheime-titel/]]",
        "[[ /discussions/t/41/geheime-titel/ ]]",
        "[[thread:41]]",
        "/discussions/t/41/%67eheime-titel/",
    ],
)
def test_an_address_is_kept_by_number_however_it_was_written(written: str) -> None:
    """D3. In the source, the stored HTML and the plain text alike."""
    kept = write(f"Zie {written} eens.")
    assert kept.source == "Zie /discussions/t/41/ eens."
    assert 'href="/discussions/t/41/" class="ref" data-ref="thread:41"' in kept.html
    assert kept.plain == kept.source


@pytest.mark.parametrize("end", [".", ",", "?", "!", ")", ";", " en"])
def test_what_ends_a_sentence_is_no_part_of_the_address(end: str) -> None:
    """D3."""
    assert write(f"/discussions/t/41/titel/{end}").source == f"/discussions/t/41/{end}"


def test_the_place_in_a_discussion_stays_and_words_of_ones_own_stay() -> None:
    """D3."""
    kept = write("[lees dit](/discussions/t/41/titel/?page=2#p53)\n\n[hier]: /discussions/t/5/titel/\n\n[hier]")
    assert '<a href="/discussions/t/41/?page=2#p53" rel=' in kept.html and ">lees dit</a>" in kept.html
    assert write("/discussions/t/41/titel/?page=2#post-53").source == "/discussions/t/41/?page=2#post-53"
    assert '<a href="/discussions/t/5/" rel=' in kept.html and "titel" not in kept.source


@pytest.mark.parametrize(
    "other",
    [
        "https://elders.invalid/discussions/t/41/titel/",
        "https://elders.invalid/?naar=/discussions/t/41/titel/",
        "/discussions/posts/3/edit/",
        "/experts/organisations/",
        "map/discussions/t/41/titel/",
        "/discussions/t/x/",
        "[[een gewoon woord]]",
        "[[nonsense:41]]",
    ],
)
def test_what_is_no_address_of_a_thing_here_stays_as_it_was(other: str) -> None:
    """D3."""
    kept = write(other)
    assert kept.source == other and "data-ref" not in kept.html


def test_in_code_an_address_is_no_link() -> None:
    """D3. Yet without its title."""
    kept = write("`/discussions/t/41/titel/`")
    assert "titel" not in kept.html and "data-ref" not in kept.html


@pytest.mark.parametrize(
    "value", ["thread:1<", "script:1", "thread:", "thread:A", "thread:1 onclick=x", ":", "x" * 99]
)
def test_the_vocabulary_of_references_is_closed(value: str) -> None:
    """S9. Whatever reached the sanitiser by another way."""
    assert not references.is_reference(value)
    assert "data-ref" not in sanitise(f'<a href="/" class="ref" data-ref="{value}">x</a>')


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "/discussions/t/",
                "41",
                "/",
                "titel",
                "[[",
                "]]",
                "](",
                "[",
                ")",
                "<",
                ">",
                SITE,
                "`",
                "\n",
                " ",
                "?",
                "#",
            ]
        ),
        max_size=24,
    ).map("".join)
)
def test_sanitising_references_twice_changes_nothing(source: str) -> None:
    """S9."""
    kept = write(source)
    assert sanitise(kept.html) == kept.html


@pytest.mark.django_db
def test_a_hundred_thousand_signs_are_read_in_no_time() -> None:
    """D20. Nothing in the patterns runs away."""
    for text in (
        "[[" * 50_000,
        "/discussions/t/1/a" * 5_000,
        "/nl/" * 25_000,
        "<" * 100_000,
        "/letters/" + "a-" * 45_000,
    ):
        assert references.reduced(text)
