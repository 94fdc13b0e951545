"""Writing with a script beside it: a look while one types, names and titles to choose from, quoting a selection."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.models import Post, Thread
from tests.cast import client_of
from tests.discussions.conftest import opening_of, reply
from tests.harness.browser import fits_width


def enter(page: Page, site: LiveServer, user: User, address: str) -> None:
    cookie = client_of(user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site.url}])
    page.goto(site.url + address)


def select(page: Page, place: str, start: int, end: int) -> None:
    """Characters of the first text in `place`, as a reader selects them."""
    page.evaluate(
        """([place, start, end]) => {
            const walker = document.createTreeWalker(document.querySelector(place), NodeFilter.SHOW_TEXT);
            const node = walker.nextNode();
            getSelection().setBaseAndExtent(node, start, node, end);
        }""",
        [place, start, end],
    )


def test_a_name_is_chosen_with_the_keyboard_and_the_text_goes_on(
    live_site: LiveServer, page: Page, axe: Callable[[Page], None], anna: User, bram: User, cas: User, thread: Thread
) -> None:
    """D3, D19. Arrow and Enter; Escape leaves the text as it is."""
    enter(page, live_site, cas, thread.get_absolute_url())
    text = page.get_by_label("Jouw antwoord")
    text.press_sequentially("Vraag het @an")
    offer = page.get_by_role("option", name="Anna")
    expect(offer).to_have_attribute("aria-selected", "true")
    expect(text).to_have_attribute("aria-activedescendant", "offer0")
    axe(page)
    page.keyboard.press("Enter")
    expect(text).to_have_value("Vraag het @anna ")
    expect(page.get_by_role("listbox")).to_be_hidden()
    text.press_sequentially("of @br")
    expect(page.get_by_role("option", name="Bram")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(text).to_have_value("Vraag het @anna of @br\n")
    page.keyboard.press("Control+z")
    page.get_by_role("toolbar").get_by_role("button", name="Noem iemand").click()
    text.press_sequentially("bram")
    page.get_by_role("option", name="Bram").click()
    expect(text).to_have_value(re.compile("@bram $"))
    expect(text).to_be_focused()


def test_a_title_is_chosen_by_touch_and_stands_in_the_text_as_an_address(
    live_site: LiveServer,
    phone_page: Page,
    axe: Callable[[Page], None],
    bram: User,
    circle_thread: Thread,
    thread: Thread,
) -> None:
    """D3, D19. On a phone; a word after # is left alone when Enter is pressed."""
    page = phone_page
    enter(page, live_site, bram, thread.get_absolute_url())
    text = page.get_by_label("Jouw antwoord")
    page.get_by_role("toolbar").get_by_role("button", name="Verwijs").click()
    text.press_sequentially("zwijg")
    offer = page.get_by_role("option", name="Zwijgkanarie gesprek")
    expect(offer).to_be_visible()
    assert fits_width(page)
    axe(page)
    offer.tap()
    expect(text).to_have_value(f"/discussions/t/{circle_thread.pk}/ ")
    text.press_sequentially("#prik")
    expect(page.get_by_role("option", name="Prikken op locatie")).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Enter")
    expect(text).to_have_value(f"/discussions/t/{circle_thread.pk}/ #prik\n")
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("#p2").get_by_role("link", name="Zwijgkanarie")).to_be_visible()


def test_the_look_stands_beside_the_text_on_a_desk_and_in_its_place_on_a_phone(
    live_site: LiveServer, page: Page, phone_page: Page, axe: Callable[[Page], None], bram: User, thread: Thread
) -> None:
    """D3, D19."""
    page.set_viewport_size({"width": 1280, "height": 900})
    for window, is_wide in ((page, True), (phone_page, False)):
        enter(window, live_site, bram, thread.get_absolute_url())
        text, look = window.locator("#id_text"), window.locator(".preview.live")
        text.fill("Dit is **dik**.")
        expect(look).to_be_hidden()
        window.get_by_role("button", name="Voorbeeld").click()
        expect(look.locator("strong")).to_have_text("dik")
        assert fits_width(window)
        axe(window)
        if is_wide:
            text.press_sequentially(" En *schuin*.")
            expect(look.locator("em")).to_have_text("schuin")
            places = text.bounding_box(), look.bounding_box()
            assert places[0] and places[1] and places[0]["x"] + places[0]["width"] <= places[1]["x"]
        else:
            expect(text).to_be_hidden()
        window.get_by_role("button", name="Voorbeeld").click()
        expect(look).to_be_hidden()
        expect(text).to_be_visible()


def test_a_text_that_would_be_refused_says_so_while_one_looks(
    live_site: LiveServer, page: Page, bram: User, thread: Thread
) -> None:
    """D3, D20."""
    enter(page, live_site, bram, thread.get_absolute_url())
    page.locator("#id_text").fill(" ".join(f"@m{number}" for number in range(60)))
    page.get_by_role("button", name="Voorbeeld").click()
    expect(page.locator(".preview .said")).to_contain_text("60")


@pytest.mark.parametrize("by", ["button", "key"])
def test_what_is_selected_in_a_post_is_quoted_with_a_link_to_it(
    live_site: LiveServer, page: Page, axe: Callable[[Page], None], anna: User, bram: User, thread: Thread, by: str
) -> None:
    """D3, D19. By the button beside it, or by q; what was written already stays."""
    post = reply(anna, thread, "Een zin van Anna.")
    enter(page, live_site, bram, thread.get_absolute_url())
    text = page.locator("#id_text")
    text.fill("Al begonnen.")
    text.blur()
    select(page, "#p2 .text p", 4, 16)
    if by == "button":
        expect(page.get_by_role("button", name="Citeer wat je selecteerde")).to_be_visible()
        axe(page)
        page.get_by_role("button", name="Citeer wat je selecteerde").click()
    else:
        page.keyboard.press("q")
    quoted = f"[Uit dit bericht](/discussions/posts/{post.pk}/):\n\n> zin van Anna\n\n"
    expect(text).to_have_value(f"Al begonnen.\n\n{quoted}")
    expect(text).to_be_focused()
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("#p3 blockquote")).to_have_text("zin van Anna")


def test_a_quote_takes_along_neither_titles_nor_calls_but_the_content_note(
    live_site: LiveServer, page: Page, anna: User, bram: User, thread: Thread, circle_thread: Thread
) -> None:
    """D3, N13. What this reader sees by its title, others read by theirs."""
    text = f"Zie /discussions/t/{circle_thread.pk}/ van @anna."
    reply(anna, thread, text, content_note="geweld")
    enter(page, live_site, bram, thread.get_absolute_url())
    page.get_by_text("Toon de tekst").click()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#p2 .text'))")
    page.keyboard.press("q")
    expect(page.locator("#id_text")).to_have_value(
        re.compile(rf"\n> Zie /discussions/t/{circle_thread.pk}/ van Anna\.\n\n$")
    )
    expect(page.get_by_label("Waarschuwing")).to_have_value("geweld")


def test_q_without_a_selection_quotes_the_whole_post(
    live_site: LiveServer, page: Page, bram: User, thread: Thread
) -> None:
    """D3, D19."""
    enter(page, live_site, bram, thread.get_absolute_url())
    page.keyboard.press("j")
    page.keyboard.press("q")
    expect(page).to_have_url(re.compile(rf"/reply/\?post={opening_of(thread).pk}&quote=1$"))
    expect(page.locator("#id_text")).to_have_value(re.compile("> Wie heeft"))
    assert Post.objects.filter(thread=thread).count() == 1
