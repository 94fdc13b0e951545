"""One box over what a reader may see: found well, found at once, and never found by whoever may not see it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Circle, User
from cms.models import KnowledgePage
from discussions.actions import posts, spaces, threads
from discussions.models import Post, Space, Thread
from experts.actions import names, organisations, profiles
from letters.actions import letters
from search.actions.rebuilding import rebuild
from search.models import Entry
from search.questions import Question
from tests.cast import client_of, first_name
from tests.cms.conftest import Tree, close, plant, tree  # noqa: F401  the fixture is found by its name here

DUTCH = {"headers": {"Accept-Language": "nl"}}


@pytest.fixture
def square(coordinator: User) -> Space:
    return spaces.open_space(by=coordinator, slug="plein", name="Plein")


@pytest.fixture
def hidden(coordinator: User, kerngroep: Circle) -> Space:
    kerngroep.memberships.create(user=coordinator)
    space = spaces.open_space(by=coordinator, slug="hof", name="Hof", circle=kerngroep, audience="circle")
    kerngroep.memberships.filter(user=coordinator).delete()
    return space


def opened(by: User, space: Space, title: str, text: str = "Tekst") -> Thread:
    return threads.open_thread(by=by, name=first_name(by), space=space, title=title, text=text)


def found(who: User | None, asked: str, **more: str) -> str:
    answer = client_of(who).get("/search/", {"q": asked, **more}, **DUTCH)
    assert answer.status_code == 200
    return answer.text


def test_what_was_posted_is_found_at_once_with_the_word_marked(square: Space, cas: User) -> None:
    """Q1, Q4. In the transaction of the post itself."""
    thread = opened(cas, square, "Wachtlijsten", "Een nieuwe vraag over domiciliekeuze bij het bureau.")
    posts.reply(by=cas, name=first_name(cas), thread=thread, text="Antwoord over de **wijkagent** in uniform.")
    assert "<mark>domiciliekeuze</mark>" in found(cas, "domiciliekeuze")
    assert "<mark>wijkagent</mark>" in found(cas, "wijkagent")
    assert "Niets gevonden" in found(cas, "domiciliekeuze", kind="letter") or "Alles" in found(cas, "domiciliekeuze")


def test_forms_of_a_word_accents_and_other_words_for_the_same_are_found(square: Space, cas: User) -> None:
    """Q2. Dutch and English stemming, folded accents, and the synonyms, which the page says."""
    opened(cas, square, "Wat elke sekswerker weet", "Overnachtingen geïnventariseerd")
    assert "Wat elke" in found(cas, "overnachting")
    assert "Wat elke" in found(cas, "geinventariseerd")
    page = found(cas, "prostituee")
    assert "Wat elke" in page and "Ook gezocht naar" in page and "sekswerker" in page


def test_a_typo_is_forgiven(square: Space, cas: User) -> None:
    """Q2. From words of titles that this reader may see."""
    opened(cas, square, "Domiciliekeuze")
    page = found(cas, "domicilikeuze")
    assert "Bedoelde je" in page and "domiciliekeuze</a>" in page
    assert "domiciliekeuze</a>" in found(cas, "domiciliekueze"), "two letters changed places"
    assert "Bedoelde je" not in found(None, "domicilikeuze")


def test_phrases_words_left_out_and_operators(square: Space, cas: User, anna: User) -> None:
    """Q1."""
    opened(cas, square, "Eerste", "geweld in het hotel")
    opened(anna, square, "Tweede", "geweld op straat")
    assert "Eerste" in found(cas, '"geweld in het hotel"') and "Tweede" not in found(cas, '"geweld in het hotel"')
    assert "Tweede" in found(cas, "geweld -hotel") and "Eerste</a>" not in found(cas, "geweld -hotel")
    assert "Tweede" in found(cas, "geweld author:anna") and "Eerste</a>" not in found(cas, "geweld author:anna")
    assert "Eerste" in found(cas, "geweld in:plein")
    assert "Eerste</a>" not in found(cas, "geweld before:2000")
    assert "is geen dag" in found(cas, "geweld after:gisteren")


def test_a_hidden_thing_changes_no_number_and_no_suggestion(
    hidden: Space, square: Space, anna: User, cas: User
) -> None:
    """Q3, S2. What a stranger reads is the same with the circle's thread as without it."""
    opened(cas, square, "Kanarie in het open", "vogels")
    before = found(cas, "kanarie"), found(cas, "kanarievogel"), found(cas, "kanarivogel")
    opened(anna, hidden, "Kanarievogel", "kanarie kanarie")
    token = lambda text: "".join(part.split('"', 1)[-1] for part in text.split('name="csrfmiddlewaretoken" value="'))  # noqa: E731
    after = found(cas, "kanarie"), found(cas, "kanarievogel"), found(cas, "kanarivogel")
    assert [token(text) for text in before] == [token(text) for text in after]
    assert "Kanarievogel" in found(anna, "kanarievogel")


def test_what_is_gone_is_gone_at_the_next_request(square: Space, cas: User, coordinator: User) -> None:
    """Q4. Deleted, edited, restored, renamed, removed."""
    long_ago = timezone.now() - timedelta(hours=1)
    thread = opened(cas, square, "Oude titel", "opening")
    post = posts.reply(by=cas, name=first_name(cas), thread=thread, text="zeldzaamwoord", at=long_ago)
    assert "zeldzaamwoord</mark>" in found(cas, "zeldzaamwoord")
    posts.delete(by=cas, post=post)
    assert "</mark>" not in found(cas, "zeldzaamwoord")
    posts.restore(by=cas, post=Post.objects.get(pk=post.pk))
    posts.edit(by=cas, post=Post.objects.get(pk=post.pk), text="anderswoord")
    assert "</mark>" not in found(cas, "zeldzaamwoord") and "anderswoord</mark>" in found(cas, "anderswoord")
    threads.rename(by=coordinator, thread=thread, title="Nieuwe kop", reason="Daarom.")
    assert "</mark>" not in found(cas, "oude titel") and "Nieuwe" in found(cas, "nieuwe kop")
    threads.remove(by=coordinator, thread=thread, reason="Daarom.")
    assert "</mark>" not in found(cas, "anderswoord") + found(cas, "nieuwe kop")


def test_a_visitor_finds_public_things_only(square: Space, cas: User, tree: Tree) -> None:  # noqa: F811  as above
    """Q1, Q3. Pages, organisations and letters in one answer; nothing of what members said."""
    organisations.load()
    letters.load()
    plant(tree.hub, type(tree.article), "Onderzoek naar kanaries", slug="kanaries", summary="Onderzoek.")
    opened(cas, square, "Onderzoek onder leden", "onderzoek")
    page = found(None, "onderzoek")
    assert "kanaries" in page and "mensenhandel" in page and "onder leden" not in page


@pytest.mark.parametrize(
    "asked",
    [
        "x" * 10_000,
        '"a "b" c',
        "-",
        "- -- ()",
        "'; DROP TABLE x; --",
        "a\x00b",
        "🦜🦜",
        "\u202eabc",
        "a & | ! <->",
        ":*",
        "()",
    ],
)
def test_bad_input_gets_an_answer_or_a_hint(square: Space, cas: User, asked: str) -> None:
    """Q7."""
    found(cas, asked)
    found(None, asked)


def test_odd_pages_and_kinds_are_the_first_page_of_everything(cas: User) -> None:
    for more in ({"page": "-1"}, {"page": "x"}, {"page": "99999999999"}, {"kind": "'; --"}):
        found(cas, "woord", **more)


def test_a_question_of_negations_only_gets_a_hint(cas: User) -> None:
    assert "wél moet staan" in found(cas, "-geweld")
    assert Question.of("-geweld").is_empty


def test_the_page_costs_the_same_with_four_times_as_much(
    square: Space, cas: User, django_assert_max_num_queries
) -> None:
    """Q5, as a count: search asks three; the rest is that of the frame (session, member, preferences, bell)."""
    client = client_of(cas)
    for number in range(80):
        opened(cas, square, f"Gesprek {number} over tolken", "tolken")
        if number in (19, 79):
            with django_assert_max_num_queries(8):
                assert client.get("/search/", {"q": "tolken"}).status_code == 200


def test_no_other_words_are_looked_for_in_a_phrase_or_for_what_is_left_out(square: Space, cas: User) -> None:
    """Q2. “-prostituee” leaves it out, and a phrase is meant as it is written."""
    opened(cas, square, "Eerste", "geweld tegen een sekswerker")
    opened(cas, square, "Tweede", "geweld tegen een prostituee")
    page = found(cas, "geweld -prostituee")
    assert "Eerste</a>" in page and "Tweede</a>" not in page and "Ook gezocht" not in page
    page = found(cas, '"een prostituee"')
    assert "Tweede</a>" in page and "Eerste</a>" not in page and "Ook gezocht" not in page


def test_a_part_for_members_is_found_by_members_only(tree: Tree, cas: User, anna: User) -> None:  # noqa: F811  as above
    """Q3, K2. No count, excerpt or suggestion for a visitor; narrowed, it is gone at the next request (Q4)."""
    reserved = {"audience": "members", "content": [{"type": "text", "value": "<p>Het ledenwoord.</p>"}]}
    draft = tree.article.get_latest_revision_as_object()
    openly = {"type": "text", "value": "<p>Het openwoord.</p>"}
    draft.body = json.dumps([openly, {"type": "reserved", "value": reserved}])
    draft.save_revision().publish()
    assert "<mark>openwoord</mark>" in found(None, "openwoord") and "ledenwoord" not in found(None, "openwoord")
    assert "<mark>ledenwoord</mark>" in found(cas, "ledenwoord")
    assert "</mark>" not in found(None, "ledenwoord") and "Niets gevonden" in found(None, "ledenwoord")
    assert found(cas, "openwoord").count('class="kind"') == 1
    close(KnowledgePage.objects.get(pk=tree.article.pk).specific, "coordinators")
    assert "</mark>" not in found(cas, "ledenwoord") + found(None, "openwoord")


def test_a_thread_that_moves_into_a_circle_is_gone_for_others(
    hidden: Space, square: Space, anna: User, cas: User, kerngroep: Circle, coordinator: User
) -> None:
    """Q4. With its replies, at the next request."""
    thread = opened(anna, square, "Verhuizing", "verhuiswoord")
    posts.reply(by=anna, name=first_name(anna), thread=thread, text="verhuisantwoord")
    assert "</mark>" in found(cas, "verhuiswoord") and "</mark>" in found(cas, "verhuisantwoord")
    kerngroep.memberships.create(user=coordinator)
    threads.move(by=coordinator, thread=thread, space=hidden, reason="Daarom.")
    assert "</mark>" not in found(cas, "verhuiswoord") + found(cas, "verhuisantwoord")
    assert "</mark>" in found(anna, "verhuiswoord") and "</mark>" in found(anna, "verhuisantwoord")


def test_a_hidden_field_finds_no_expert_and_a_retired_name_nobody(cas: User, anna: User) -> None:
    """Q3, P6."""
    name = first_name(anna)
    profiles.update(by=anna, profile=name.profile, region="Verborgenoord", region_audience="coordinators")
    assert "Niets gevonden" in found(cas, "Verborgenoord") and "Anna" not in found(cas, "Verborgenoord")
    other = names.create(by=anna, holder=anna, display_name="Wielewaal")
    assert "Wielewaal</a>" in found(cas, "wielewaal")
    names.retire(by=anna, name=other)
    assert "Wielewaal</a>" not in found(cas, "wielewaal")


def test_organisations_are_found_as_soon_as_they_are_loaded(db: None) -> None:
    """Q4."""
    organisations.load()
    assert "<mark>SekswerkExpertise</mark>" in found(None, "sekswerkexpertise")


def test_a_rebuild_gives_the_same_index(square: Space, cas: User, tree: Tree) -> None:  # noqa: F811  as above
    thread = opened(cas, square, "Titel", "Tekst")
    posts.reply(by=cas, name=first_name(cas), thread=thread, text="Antwoord")
    columns = ("kind", "object_id", "from_level", "to_level", "language", "title", "body", "url", "tsv")
    before = sorted(Entry.objects.exclude(kind="organisation").values_list(*columns))
    rebuild()
    assert sorted(Entry.objects.exclude(kind="organisation").values_list(*columns)) == before
    rebuild(anew=False)
    assert sorted(Entry.objects.exclude(kind="organisation").values_list(*columns)) == before
