"""Error pages: what happened, what you can do, nothing about the inside; they stand when the rest doesn't."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.models import User
from swexpertise.safety.views import csrf_failure
from tests.cast import client_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["400.html", "429.html", "500.html", "503.html"])
def test_a_page_for_bad_times_needs_no_request_session_or_database(
    name: str, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(0), translation.override("nl"):  # type: ignore[operator]  # a fixture that is called
        html = get_template(name).render()
    assert "<h1>" in html and 'lang="nl"' in html and "site.css" in html
    assert "Traceback" not in html and "Exception" not in html


def test_a_page_that_is_not_there_offers_search_and_the_way_in(client: Client) -> None:
    answer = client.get("/nothing/here/", headers={"accept-language": "nl"}, follow=True)
    assert answer.status_code == 404
    html = answer.content.decode()
    assert "Deze pagina is hier niet" in html and "/accounts/login/?next=" in html


def test_a_form_that_stood_open_too_long_says_that_the_text_is_still_there() -> None:
    """D4. A refused form keeps its text: Back brings it."""
    request = RequestFactory().post("/discussions/", {"body": "een lang antwoord"})
    request.user = AnonymousUser()
    with translation.override("nl"):
        answer = csrf_failure(request)
    assert answer.status_code == 403
    assert "je tekst staat er nog" in answer.content.decode()


def test_the_neutral_page_names_nothing_of_this_site(client: Client) -> None:
    """S12. No name, no menu, nothing from elsewhere."""
    html = client.get("/leave/", headers={"accept-language": "nl"}).content.decode()
    assert "Tomatensoep" in html
    shown = html.split("<body>")[1]
    for word in ("wexpertise", "sekswerk", "nav", "href", "http"):
        assert word not in shown


def test_the_sign_in_page_says_how_one_joins_and_marks_no_address_as_known(client: Client) -> None:
    """P1, P3. Nobody can sign up; a refusal is the same for everyone."""
    html = client.get("/accounts/login/", headers={"accept-language": "nl"}).content.decode()
    assert "Meedoen gaat op uitnodiging" in html and "signup" not in html
    refused = client.post(
        "/accounts/login/",
        {"login": "nobody@demo.invalid", "password": "no"},
        headers={"accept-language": "nl"},
    ).content.decode()
    assert 'role="alert"' in refused and "Dit klopt nog niet" in refused


def test_no_page_of_the_frame_has_inline_script_or_style(client: Client) -> None:
    """S11. The policy forbids both."""
    for path in ("/accounts/login/", "/accounts/password/reset/", "/leave/", "/no/such/page/"):
        html = client.get(path).content.decode()
        assert " style=" not in html and "<style" not in html and " onclick=" not in html
        for script in html.split("<script")[1:]:
            assert " src=" in script.split(">")[0] or 'type="application/json"' in script.split(">")[0]


def test_the_address_of_a_button_says_what_to_do_instead_of_nothing(anna: User) -> None:
    """D20. Whoever signs in between pressing "Gelezen" and what it does comes here; a script gets no page."""
    refused = client_of(anna).get("/notifications/read/")
    assert refused.status_code == 405 and refused.headers["Allow"] == "POST"
    html = refused.content.decode()
    assert "Druk nog een keer op de knop" in html and "Er is niets veranderd" in html
    assert client_of(anna).put("/notifications/read/").content == b""
