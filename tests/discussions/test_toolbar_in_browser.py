"""The buttons above a text: they write Markdown for whoever never heard of it (D3); without script they are absent."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.models import Post, Thread
from tests.cast import client_of
from tests.harness.browser import fits_width


def enter(page: Page, site: LiveServer, user: User, address: str) -> None:
    cookie = client_of(user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site.url}])
    page.goto(site.url + address)


@pytest.mark.parametrize(
    ("button", "written"),
    [
        ("Vet", "een **woord**"),
        ("Cursief", "een *woord*"),
        ("Link", "een [woord](https://)"),
        ("Lijst", "- een woord"),
        ("Citaat", "> een woord"),
        ("Kop", "## een woord"),
    ],
)
def test_a_button_marks_what_is_selected_and_undo_takes_it_back(
    live_site: LiveServer, page: Page, bram: User, thread: Thread, button: str, written: str
) -> None:
    """D3."""
    enter(page, live_site, bram, thread.get_absolute_url())
    text = page.get_by_label("Jouw antwoord")
    text.press_sequentially("een woord")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.get_by_role("toolbar").get_by_role("button", name=button).click()
    expect(text).to_have_value(written)
    expect(text).to_be_focused()
    page.keyboard.press("Control+z")
    expect(text).to_have_value("een woord")


def test_what_the_buttons_wrote_is_posted_as_it_looks(
    live_site: LiveServer, page: Page, bram: User, thread: Thread
) -> None:
    """D3, D19. With the keyboard alone."""
    enter(page, live_site, bram, thread.get_absolute_url())
    text = page.get_by_label("Jouw antwoord")
    text.press_sequentially("dik")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+b")
    expect(text).to_have_value("**dik**")
    page.get_by_role("toolbar").get_by_role("button", name="Vet").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("toolbar").get_by_role("button", name="Cursief")).to_be_focused()
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("#p2 strong")).to_have_text("dik")
    assert Post.objects.get(thread=thread, number=2).source == "**dik**"


def test_the_buttons_fit_a_phone_and_a_screen_reader(
    live_site: LiveServer, phone_page: Page, axe: Callable[[Page], None], bram: User, thread: Thread
) -> None:
    """D3, D19. Where one answers and where one opens a discussion."""
    for address in (thread.get_absolute_url(), "/discussions/zorg/new/"):
        enter(phone_page, live_site, bram, address)
        expect(phone_page.get_by_role("toolbar")).to_be_visible()
        assert fits_width(phone_page)
        axe(phone_page)


def test_without_script_there_is_a_plain_text_and_a_look_first(
    live_site: LiveServer, page_without_script: Page, bram: User, thread: Thread
) -> None:
    """D3, D19."""
    page = page_without_script
    enter(page, live_site, bram, thread.get_absolute_url())
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_label("Jouw antwoord").fill("Dit is **dik**.")
    page.get_by_role("button", name="Bekijk eerst").click()
    expect(page.locator(".preview strong")).to_have_text("dik")
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("#p2 strong")).to_have_text("dik")
