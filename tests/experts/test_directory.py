import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from tests.cast import client_of, first_name, make_member
from tests.experts.conftest import show

pytestmark = pytest.mark.django_db


def found(user, **query):
    return client_of(user).get(reverse("experts:list"), query)


def names_in(response):
    return [card.face.display_name for card in response.context["cards"]]


def test_an_expert_is_found_by_what_they_know_and_the_card_says_why(anna, bram):
    """P11."""
    show(anna, knows=["aangifte", "politie"], languages=["nl", "pl"])
    show(bram, knows=["belasting"])
    response = found(bram, q="aangifte", language="pl")
    assert names_in(response) == ["Anna"]
    reasons = {reason.words: reason.labels for reason in response.context["cards"][0].reasons}
    assert list(reasons.values()) == [["aangifte"], ["Pools"]]


@pytest.mark.parametrize("question", ["aangi", "aangiftes", "aangivte", "AANGIFTE", "Poolse", "Polish", "politïe"])
def test_the_beginning_an_ending_a_slip_and_an_accent_find_it_too(anna, bram, question):
    """P11."""
    show(anna, knows=["aangifte", "politie"], languages=["pl"])
    assert names_in(found(bram, q=question)) == ["Anna"]


def test_a_word_that_nobody_shows_finds_nobody_and_says_what_to_do(anna, bram):
    response = found(bram, q="zeilmakerij")
    assert names_in(response) == []
    assert reverse("experts:list") in response.content.decode()


@pytest.mark.parametrize("q", ["'", "&|!():*", "\\", "%", "a" * 5000, "\x00", "🌂", "\u202e"])
def test_odd_questions_are_answered(anna, q):
    """P15."""
    assert found(anna, q=q).status_code == 200


HIDDEN = {
    "headline": "Kanarieregel",
    "introduction": "Kanarieverhaal",
    "knows": ["kanariekennis"],
    "region": "Kanarieland",
    "publications": "Kanarieboek",
    "links": ["https://kanarielink.invalid/"],
    "pronouns": "kanarie/vogel",
    "organisations": ["soa-fonds"],
    "languages": ["ti"],
    "availability": ["peer_review"],
}


@pytest.mark.parametrize("audience", ["only_me", "coordinators"])
@pytest.mark.parametrize("question", ["kanarie", *[str(v[0] if isinstance(v, list) else v) for v in HIDDEN.values()]])
def test_a_hidden_field_is_found_nowhere(anna, bram, proud, audience, question):
    """P6. The canary never sings: not in results, counts, reasons or on the page, and not for its exact value."""
    show(bram, knows=["belasting"])
    show(anna, audience, **HIDDEN)
    assert "Anna" not in names_in(found(bram, q=question))
    for page in (found(bram), client_of(bram).get(first_name(anna).get_absolute_url())):
        words = page.content.decode().lower()
        assert "kanarie" not in words and "soa-fonds" not in words and "soafonds" not in words


@pytest.mark.parametrize(
    ("asked", "value"),
    [("topic", "kanariekennis"), ("language", "ti"), ("region", "Kanarieland"), ("organisation", "soa-fonds"),
     ("available", "peer_review")],
)  # fmt: skip
def test_a_hidden_value_can_not_be_asked_for(anna, bram, proud, asked, value):
    """P6."""
    show(anna, "only_me", **HIDDEN)
    assert names_in(found(bram, **{asked: value})) == []
    assert names_in(found(anna, **{asked: value})) == ["Anna"]


def test_hiding_works_at_the_next_request(anna, bram):
    """P6."""
    show(anna, knows=["aangifte"])
    browser = client_of(bram)
    assert "aangifte" in browser.get(reverse("experts:list")).content.decode()
    show(anna, "only_me", knows=["aangifte"])
    assert "aangifte" not in browser.get(reverse("experts:list")).content.decode()


def test_a_visitor_finds_only_who_chose_to_be_found_by_everyone(anna, bram, visitor):
    """P5."""
    make_member("Openbaar", audience="public")
    show(anna, "public", knows=["aangifte"])
    response = found(visitor)
    assert names_in(response) == ["Openbaar"]
    assert "aangifte" not in response.content.decode()
    assert client_of(visitor).get(first_name(anna).get_absolute_url()).status_code == 404


def test_counts_are_of_those_found(anna, bram, cas):
    show(anna, knows=["aangifte", "politie"])
    show(bram, knows=["aangifte"])
    show(cas, "only_me", knows=["aangifte"])
    facet = found(cas, topic="politie").context["facets"][0]
    assert {choice.label: choice.number for choice in facet.choices} == {"politie": 1, "aangifte": 1}
    whole = found(bram).context["facets"][0]
    assert {choice.label: choice.number for choice in whole.choices} == {"aangifte": 2, "politie": 1}


@pytest.mark.parametrize("query", [{}, {"q": "aangifte pools"}, {"topic": "aangifte", "language": "pl"}])
def test_four_times_as_many_experts_cost_no_more_queries(anna, query, django_assert_max_num_queries):
    """P11."""
    browser, hashed = client_of(anna), make_password("x")

    def more(count, start):
        for number in range(start, start + count):
            user = make_member(f"Persoon {number}", email=f"p{number}@cast.invalid", hashed=hashed)
            show(user, knows=["aangifte", f"onderwerp {number}"], languages=["nl", "pl"], region="Utrecht")

    more(6, 100)
    browser.get(reverse("experts:list"), query)
    for extra in (0, 18):
        more(extra, 200)
        with django_assert_max_num_queries(10):
            assert len(browser.get(reverse("experts:list"), query).context["cards"]) >= 6
