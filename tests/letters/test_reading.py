"""Letters to read: who sees them, in both languages, with what is known and nothing else."""

import pytest

from experts.actions import organisations
from letters.actions import letters
from letters.models import Letter
from letters.models.letter import State
from tests.cast import client_of

SLUG = "motie-onderzoek-2014"


@pytest.fixture
def shelf(db: None) -> None:
    organisations.load()
    letters.load()


def test_a_visitor_reads_a_letter_with_its_outcome(shelf: None, client) -> None:
    """L10. To whom, why, what came of it, and where it is written; a figure keeps its source beside it."""
    answer = client.get(f"/letters/{SLUG}/", headers={"Accept-Language": "nl"})
    assert answer.status_code == 200
    for words in ("PROUD", "ChristenUnie", "Het onderzoek vond geen aantoonbaar verband.", "ICRSE", "pleitbezorgers"):
        assert words in answer.text
    assert 'href="#source-1">[1]' in client.get("/letters/stop-de-wrs/").text


def test_a_letter_is_read_in_english_too(shelf: None, client) -> None:
    answer = client.get(f"/letters/{SLUG}/", headers={"Accept-Language": "en"})
    assert "The study found no demonstrable relation." in answer.text
    assert "De motie vraagt" not in answer.text


@pytest.mark.parametrize("change", [{"state": State.DRAFT}, {"audience": "coordinators"}])
def test_a_draft_is_there_for_coordinators_only(shelf: None, cas, coordinator, change: dict[str, str]) -> None:
    """L1, S2. For others the answer is that of a letter that never was."""
    Letter.objects.filter(slug=SLUG).update(**change)
    assert [client_of(who).get(f"/letters/{SLUG}/").status_code for who in (None, cas, coordinator)] == [404, 404, 200]
    assert "prostitutiebeleid" not in client_of(cas).get("/letters/").text
    assert client_of(cas).get(f"/letters/{SLUG}/").text.count(SLUG) == client_of(cas).get("/letters/x/").text.count(
        "/x/"
    )


def test_loading_again_makes_nothing_twice(shelf: None) -> None:
    letters.load()
    assert Letter.objects.count() == 2
    assert Letter.objects.get(slug=SLUG).recipients.count() == 2


def test_the_list_costs_the_same_with_four_times_the_letters(
    shelf: None, client, django_assert_max_num_queries
) -> None:
    one = Letter.objects.get(slug=SLUG)
    for number in range(8):
        Letter.objects.create(
            slug=f"l{number}", state=State.CLOSED, title_nl="Titel", title_en="Title", initiator=one.initiator
        )
    with django_assert_max_num_queries(3):
        client.get("/letters/")
    with django_assert_max_num_queries(3):
        client.get(f"/letters/{SLUG}/")


def test_an_empty_shelf_says_so(db: None, client) -> None:
    assert "Nog geen brieven" in client.get("/letters/", headers={"Accept-Language": "nl"}).text
