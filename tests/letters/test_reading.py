"""Letters to read: who sees them, in both languages, with what is known and nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from letters.models import Letter, Recipient
from letters.models.letter import State
from tests.cast import client_of

SLUG = "motie-onderzoek-2014"


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


def test_an_open_letter_says_that_signing_cannot_be_done_here_yet(shelf: None, client) -> None:
    """L1. In words, without a button that does nothing; an answered letter doesn't speak of signing."""
    said = "Je kunt hier nog niet ondertekenen."
    page = client.get("/letters/stop-de-wrs/", headers={"Accept-Language": "nl"}).text
    main = page[page.index("<main") : page.index("</main>")]
    assert said in main
    assert "<button" not in main
    assert "<form" not in main
    assert said not in client.get(f"/letters/{SLUG}/", headers={"Accept-Language": "nl"}).text


def test_a_letter_leads_to_who_sent_it_and_keeps_the_outcome_apart_from_what_it_says(shelf: None, client) -> None:
    """L10. What came of a letter stands after the names below it, in the order in which it happened."""
    page = client.get(f"/letters/{SLUG}/", headers={"Accept-Language": "nl"}).text
    assert page.count('href="/experts/organisations/proud/"') == 1
    assert page.count('href="/experts/organisations/swexpertise/"') == 1
    words = ["niet de volledige tekst", "PROUD, SekswerkExpertise", "2016: Het onderzoek vond", "27 november 2014"]
    places = [page.index(word) for word in [*words, "Het onderzoek is afgerond."]]
    assert places == sorted(places)


def test_groups_of_signatories_stand_there_by_name_without_a_number(shelf: None) -> None:
    """L6. No source says how many."""
    assert Letter.objects.get(slug=SLUG).group_names == ["organisaties", "wetenschappers", "pleitbezorgers"]


def more_letters(many: int) -> None:
    """Letters with all that a page shows."""
    known = Letter.objects.select_related("initiator").get(slug=SLUG)
    start = Letter.objects.count()
    for number in range(start, start + many):
        letter = Letter.objects.create(
            slug=f"l{number}", state=State.CLOSED, title_nl="Titel", title_en="Title", initiator=known.initiator
        )
        letter.partners.set(known.partners.all())
        Recipient.objects.create(letter=letter, role_nl="Minister", role_en="Minister")


def queries(viewer: User | None, url: str) -> int:
    client = client_of(viewer)
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_pages_cost_the_same_with_four_times_the_letters(shelf: None, cas: User) -> None:
    """One query for the list, three for a letter; for a member also who they are and what is new."""
    urls = ("/letters/", f"/letters/{SLUG}/")
    before = [queries(viewer, url) for viewer in (None, cas) for url in urls]
    assert before[:2] == [1, 3]
    assert max(before) <= 8
    more_letters(6)
    assert [queries(viewer, url) for viewer in (None, cas) for url in urls] == before


def test_an_empty_shelf_says_so(db: None, client) -> None:
    assert "Nog geen brieven" in client.get("/letters/", headers={"Accept-Language": "nl"}).text
