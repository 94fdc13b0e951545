"""Tidying on a phone, without script, and with the keyboard alone."""

import os

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.models import Post, Thread
from tests.cast import client_of
from tests.discussions.conftest import open_thread
from tests.harness.browser import fits_width

SHOTS = os.environ.get("SHOTS", "")


def enter(page: Page, site: LiveServer, user: User, path: str) -> None:
    cookie = client_of(user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site.url}])
    page.goto(site.url + path)


def shot(page: Page, name: str) -> None:
    """For looking at: SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_splitting_on_a_phone(
    live_site: LiveServer, phone_page: Page, axe, coordinator: User, thread: Thread, talk: dict[str, Post], scheme: str
) -> None:
    """D8, D19. One tick takes all that stands under a post; each page fits and axe finds nothing."""
    phone_page.emulate_media(color_scheme=scheme)
    enter(phone_page, live_site, coordinator, f"/discussions/t/{thread.pk}/tidy/")
    row = phone_page.locator(f"#row{talk['b'].pk}")
    row.get_by_label("Met alles eronder").check()
    assert fits_width(phone_page)
    axe(phone_page)
    shot(phone_page, f"tidy-{scheme}")
    phone_page.get_by_role("button", name="Splits af wat is aangevinkt").tap()
    expect(phone_page.get_by_text("4 berichten gaan naar het nieuwe gesprek.")).to_be_visible()
    assert fits_width(phone_page)
    axe(phone_page)
    shot(phone_page, f"split-{scheme}")
    phone_page.get_by_label("Titel van het nieuwe gesprek").fill("Over b")
    phone_page.get_by_label("Reden").fill("Gaat over b.")
    phone_page.get_by_role("button", name="Splits af").tap()
    expect(phone_page.get_by_role("heading", level=1, name="Over b")).to_be_visible()
    assert Thread.objects.get(title="Over b").post_count == 4
    assert fits_width(phone_page)
    axe(phone_page)
    shot(phone_page, f"undo-{scheme}")
    phone_page.get_by_role("button", name="Maak ongedaan").tap()
    expect(phone_page.locator(".message")).to_contain_text("Alles staat weer zoals het was.")
    assert Thread.objects.get(pk=thread.pk).post_count == 7


def test_splitting_with_the_keyboard_alone(
    live_site: LiveServer, page: Page, coordinator: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D19. Tab to a tick, space, on to the button, Enter."""
    enter(page, live_site, coordinator, f"/discussions/t/{thread.pk}/tidy/")
    tick = page.locator(f"#row{talk['e'].pk}").get_by_label("Dit bericht")
    for _step in range(60):
        page.keyboard.press("Tab")
        if tick.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(tick).to_be_checked()
    button = page.get_by_role("button", name="Splits af wat is aangevinkt")
    for _step in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 bericht gaat naar het nieuwe gesprek.")).to_be_visible()


def test_joining_without_script(
    live_site: LiveServer, page_without_script: Page, coordinator: User, anna: User, thread: Thread
) -> None:
    """D8, D19. From a search to the post that the old address leads to."""
    page, other = page_without_script, open_thread(anna, thread.space, "Vaccineren in de praktijk", "Twee.")
    enter(page, live_site, coordinator, f"/discussions/threads/{thread.pk}/merge/")
    page.get_by_label("Woorden uit de titel, of het adres").fill("praktijk")
    page.get_by_role("button", name="Zoek", exact=True).last.click()
    page.get_by_role("link", name="Vaccineren in de praktijk").click()
    shot(page, "merge")
    page.get_by_label("Reden").fill("Zelfde vraag.")
    page.get_by_role("button", name="Voeg ze samen").click()
    expect(page.get_by_role("heading", level=1, name="Vaccineren in de praktijk")).to_be_visible()
    page.goto(live_site.url + thread.get_absolute_url())
    expect(page.get_by_role("heading", level=1, name="Vaccineren in de praktijk")).to_be_visible()
    assert other.posts.count() == 2
