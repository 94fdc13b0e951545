"""The page of results on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from experts.actions import organisations
from tests.cms.conftest import Tree, tree  # noqa: F401  the fixture is found by its name here
from tests.harness.browser import fits_width

pytestmark = pytest.mark.django_db(transaction=True)


def test_results_a_better_spelling_and_the_help_are_for_everybody(
    phone_page: Page,
    live_site: LiveServer,
    axe: Callable[[Page], None],
    tree: Tree,  # noqa: F811  as above
) -> None:
    """Q1. At 360 px: axe finds nothing, and nothing sticks out."""
    organisations.load()
    seen = {"kanarie": "Kanarie", "sekswerkexpertise": "SekswerkExpertise", "knaarie": "kanarie?", "": "tag:"}
    for asked, word in seen.items():
        phone_page.goto(f"{live_site.url}/search/?q={asked}")
        assert word in phone_page.get_by_role("main").inner_text()
        axe(phone_page)
        assert fits_width(phone_page)
