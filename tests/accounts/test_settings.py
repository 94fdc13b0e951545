import pytest
from django.urls import reverse

from tests.cast import client_of

pytestmark = pytest.mark.django_db
SETTINGS = "/accounts/settings/"


def test_a_member_chooses_language_and_time_zone(anna):
    browser = client_of(anna)
    assert browser.get(SETTINGS).headers["Content-Language"] == "nl"
    answer = browser.post(SETTINGS, {"language": "en", "time_zone": "America/Paramaribo"})
    assert answer.url == reverse("accounts:settings")
    page = browser.get(SETTINGS)
    anna.preferences.refresh_from_db()
    assert anna.preferences.time_zone == "America/Paramaribo"
    assert "Language and time" in page.content.decode()


def test_a_time_zone_that_does_not_exist_is_refused(anna):
    answer = client_of(anna).post(SETTINGS, {"language": "nl", "time_zone": "Mars/Olympus"})
    assert answer.context["form"].errors["time_zone"]


def test_the_page_names_ones_own_circles_and_no_address(anna, cas):
    assert "Kerngroep" in client_of(anna).get(SETTINGS).content.decode()
    page = client_of(cas).get(SETTINGS).content.decode()
    assert "Kerngroep" not in page


def test_visitors_are_asked_to_sign_in(db):
    assert client_of(None).get(SETTINGS).url.startswith("/accounts/login/")
