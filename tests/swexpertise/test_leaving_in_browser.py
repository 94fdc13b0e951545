"""Leaving quickly, the frame on a phone, and the menu without script, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.cast import PASSWORD
from tests.harness.browser import fits_width

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = "/accounts/password/change/"  # a page of the frame that only its member sees


def sign_in(page: Page, site: LiveServer, user: User) -> None:
    page.goto(f"{site.url}/accounts/login/?next={SETTINGS}")
    page.get_by_label("E-mail", exact=True).fill(user.email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url(f"**{SETTINGS}")


def test_three_times_shift_leaves_and_back_shows_nothing(page: Page, live_site: LiveServer, anna: User) -> None:
    """S12. The neutral page, the session dead on the server, Back five times and Forward show nothing."""
    sign_in(page, live_site, anna)
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/leave/")
    assert page.title() == "Tomatensoep"
    for _ in range(5):
        page.go_back()
        page.wait_for_load_state()
        assert "Wijzig je wachtwoord" not in page.content()
    page.goto(live_site.url + SETTINGS)
    assert "/accounts/login/" in page.url


def test_shift_while_typing_capitals_does_not_leave(page: Page, live_site: LiveServer, anna: User) -> None:
    sign_in(page, live_site, anna)
    page.get_by_role("main").get_by_role("textbox").first.focus()
    for letter in "ABC":
        page.keyboard.press(f"Shift+{letter}")
    assert page.url.endswith(SETTINGS)


def test_the_leave_link_works_without_script(page_without_script: Page, live_site: LiveServer, anna: User) -> None:
    """S12, S14."""
    page = page_without_script
    sign_in(page, live_site, anna)
    page.get_by_role("link", name="Weg hier").click()
    expect(page).to_have_url(re.compile("/leave/$"))
    page.goto(live_site.url + SETTINGS)
    assert "/accounts/login/" in page.url


def test_the_account_menu_opens_and_signs_out_without_script(
    page_without_script: Page, live_site: LiveServer, anna: User
) -> None:
    """D19. Everything works with scripts off."""
    page = page_without_script
    sign_in(page, live_site, anna)
    page.locator("summary", has_text="Jouw account").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("button", name="Uitloggen")).to_have_count(0)
    page.goto(live_site.url + SETTINGS)
    assert "/accounts/login/" in page.url


def test_the_frame_fits_a_phone_and_keeps_leave_under_the_thumb(
    phone_page: Page, live_site: LiveServer, anna: User, axe: Callable[[Page], None]
) -> None:
    """D19. At 360 and 320 px nothing sticks out."""
    page = phone_page
    sign_in(page, live_site, anna)
    assert fits_width(page)
    axe(page)
    place = page.get_by_role("link", name="Weg hier").bounding_box()
    assert place and place["y"] > 600 and place["height"] >= 44
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits_width(page)


def test_question_mark_shows_the_keys_and_a_refusal_switches_letters_off(
    page: Page, live_site: LiveServer, anna: User
) -> None:
    """D19. The keyboard alone; voice control can switch single letters off."""
    sign_in(page, live_site, anna)
    page.locator("main").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Sneltoetsen")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Losse letters werken als sneltoets").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.get_by_role("button", name="Sneltoetsen").click()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Losse letters werken als sneltoets")).not_to_be_checked()
