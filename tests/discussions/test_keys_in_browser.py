"""A thread with the keyboard alone: j and k walk, r answers, e changes, u goes to what is new, ? explains (D19)."""

import re

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.models import Thread
from tests.cast import client_of
from tests.discussions.conftest import reply


def enter(page: Page, site: LiveServer, user: User, thread: Thread) -> None:
    cookie = client_of(user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site.url}])
    page.goto(site.url + thread.get_absolute_url())


def test_j_and_k_walk_the_posts_and_r_answers_the_one_that_has_the_focus(
    live_site: LiveServer, page: Page, anna: User, bram: User, thread: Thread
) -> None:
    """D19."""
    post = reply(bram, thread, "Antwoord van Bram.")
    enter(page, live_site, anna, thread)
    for key, place in (("j", "#p1"), ("j", "#p2"), ("j", "#p2"), ("k", "#p1"), ("j", "#p2")):
        page.keyboard.press(key)
        expect(page.locator(f"{place}[data-post]")).to_be_focused()
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile(rf"/reply/\?post={post.pk}$"))


def test_e_changes_ones_own_post_and_leaves_that_of_another_alone(
    live_site: LiveServer, page: Page, anna: User, bram: User, thread: Thread
) -> None:
    """D19."""
    mine = reply(bram, thread, "Antwoord van Bram.")
    enter(page, live_site, bram, thread)
    address = page.url
    page.keyboard.press("j")
    expect(page.locator("#p1[data-post]")).to_be_focused()
    page.keyboard.press("e")
    assert page.url == address
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(rf"/posts/{mine.pk}/edit/$"))


def test_u_goes_to_the_first_new_post(
    live_site: LiveServer, page: Page, anna: User, bram: User, thread: Thread
) -> None:
    """D19, D5."""
    enter(page, live_site, bram, thread)  # the opening is read
    post = reply(anna, thread, "Nieuw.")
    page.reload()
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(rf"#{post.anchor}$"))


def test_letters_typed_in_a_text_stay_letters_and_the_question_mark_explains(
    live_site: LiveServer, page: Page, bram: User, thread: Thread
) -> None:
    """D19. The help closes with Escape, and letters can be switched off for whoever steers by voice."""
    enter(page, live_site, bram, thread)
    address = page.url
    page.locator("#id_text").press_sequentially("jkreu?")
    expect(page.locator("#id_text")).to_have_value("jkreu?")
    assert page.url == address
    page.locator("#id_text").blur()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("r")
    assert page.url == address
