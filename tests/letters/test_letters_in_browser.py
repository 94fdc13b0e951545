"""Letters on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from experts.actions import organisations
from letters.actions import letters
from tests.harness.browser import fits_width

pytestmark = pytest.mark.django_db(transaction=True)


def test_letters_are_for_everybody_on_a_phone(
    phone_page: Page, live_site: LiveServer, axe: Callable[[Page], None]
) -> None:
    """L10. At 360 px: axe finds nothing and nothing sticks out, on the empty list, the list and both letters."""
    phone_page.goto(f"{live_site.url}/letters/")
    axe(phone_page)
    organisations.load()
    letters.load()
    seen = {
        "/letters/": "Stop de Wet regulering sekswerk",
        "/letters/stop-de-wrs/": "nog niet ondertekenen",
        "/letters/motie-onderzoek-2014/": "27 november 2014",
    }
    for path, words in seen.items():
        phone_page.goto(live_site.url + path)
        assert words in phone_page.get_by_role("main").inner_text()
        axe(phone_page)
        assert fits_width(phone_page), path
