"""Every page of discussions and notifications at 320 px, which is 400 % on a screen of 1280, and with the keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.models import Thread
from tests.cast import client_of
from tests.discussions.conftest import reply
from tests.discussions.test_comfort_in_browser import enter
from tests.discussions.test_nonsense import addresses, filled, known  # noqa: F401  the fixture is found by its name here
from tests.harness.browser import fits_width

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
# What is no page, or changes what one looks at by being looked at.
NO_PAGE = re.compile(r"/(feed|attachments|first-new|again|stop)/|/writing/")
UNFOCUSED = """() => [...document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary)")]
    .filter((one) => one.type !== "hidden" && one.checkVisibility())
    .filter((one) => {
        one.focus();
        const look = getComputedStyle(one);
        return document.activeElement === one && look.outlineStyle === "none" && look.boxShadow === "none";
    }).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("app", ["discussions", "notifications"])
def test_no_page_sticks_out_at_400_percent_and_focus_is_seen(
    live_site: LiveServer,
    page: Page,
    bram: User,
    coordinator: User,
    thread: Thread,
    known: dict[str, list[str]],  # noqa: F811  as above
    app: str,
) -> None:
    """D19. As a coordinator, who has the most pages; with a word in the thread that has no room."""
    reply(bram, thread, f"{LONG} https://{LONG[:60]}.invalid/{LONG}\n\n| a | b |\n| - | - |\n| {LONG} | c |")
    page.set_viewport_size({"width": 320, "height": 640})
    enter(page, live_site, coordinator, "/discussions/")
    client, wrong, seen = client_of(coordinator), [], 0
    for pattern in addresses(app):
        address = filled(pattern, known)[0]
        if NO_PAGE.search(address) or client.get(address).status_code != 200:
            continue
        page.goto(live_site.url + address)
        page.keyboard.press("Tab")  # from here on a browser shows the focus
        seen += 1
        wrong += [f"{address} sticks out"] * (not fits_width(page))
        wrong += [f"{address}: no focus on {one}" for one in page.evaluate(UNFOCUSED)]
    assert seen > 9 and not wrong, "\n".join(wrong)


def test_a_thread_is_answered_and_thanked_with_the_keyboard_alone(
    live_site: LiveServer, page: Page, anna: User, bram: User, thread: Thread
) -> None:
    """D19. j to the post, Tab to its buttons, Enter; r, a text, Tab to the button; no pointer at any time."""
    reply(anna, thread, "Antwoord van Anna.")
    enter(page, live_site, bram, thread.get_absolute_url())
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#p2 [data-post], #p2[data-post]")).to_be_focused()
    for _stop in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "thanks":
            break
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_text("Dank 1")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile("/reply/"))
    expect(page.locator("#id_text")).to_be_visible()
    page.wait_for_load_state()
    for _stop in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "id_text":
            break
    page.keyboard.type("Met de toetsen.")
    for _stop in range(20):
        page.keyboard.press("Tab")
        if "Plaats antwoord" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Met de toetsen.")).to_be_visible()
