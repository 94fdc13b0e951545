"""Drafts as a writer meets them: kept while typing, in two windows, without script, and when the session ends (D4)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.models import Draft, Post, Thread
from swexpertise.start.processes import wait_until
from tests.cast import PASSWORD
from tests.discussions.test_text_on_its_way import code_of, secret  # noqa: F401  the fixture is found by its name here
from tests.discussions.test_toolbar_in_browser import enter
from tests.harness.browser import fits_width

KEPT = "Concept bewaard om"


def area(page: Page) -> Any:
    return page.get_by_label("Jouw antwoord")


def status(page: Page) -> Any:
    return page.locator("[data-keep]")


def test_what_one_types_is_kept_and_found_on_another_device(
    live_site: LiveServer, page: Page, phone_page: Page, bram: User, thread: Thread
) -> None:
    """D4. With a calm word about it; placing the text lets the draft go."""
    enter(page, live_site, bram, thread.get_absolute_url())
    expect(status(page)).to_have_attribute("role", "status")
    area(page).press_sequentially("Wat ik wil zeggen")
    expect(status(page)).to_contain_text(KEPT)
    area(page).press_sequentially(", en meer")
    expect(page.locator("[name=draft]")).to_have_value(re.compile(r"\.2$"))
    enter(phone_page, live_site, bram, thread.get_absolute_url())
    expect(area(phone_page)).to_have_value("Wat ik wil zeggen, en meer")
    expect(status(phone_page)).to_contain_text("Je concept van vandaag")
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("#p2 .text")).to_have_text("Wat ik wil zeggen, en meer")
    expect(area(page)).to_have_value("")
    assert not Draft.objects.exists()


def test_leaving_the_page_keeps_the_last_words_and_asks_nothing(
    live_site: LiveServer, page: Page, bram: User, thread: Thread
) -> None:
    """D4, S12. A question on leaving would stand in the way of who must leave at once."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    enter(page, live_site, bram, thread.get_absolute_url())
    area(page).press_sequentially("Net getypt")
    page.goto(f"{live_site.url}/discussions/drafts/")
    assert wait_until(lambda: Draft.objects.filter(text="Net getypt").exists(), within=10)
    page.reload()
    expect(page.get_by_text("Net getypt")).to_be_visible()
    assert asked == []


def test_two_windows_give_the_choice_and_lose_neither_text(
    live_site: LiveServer, page: Page, bram: User, thread: Thread, axe: Callable[[Page], None]
) -> None:
    """D4."""
    enter(page, live_site, bram, thread.get_absolute_url())
    other = page.context.new_page()
    other.goto(page.url)
    area(page).press_sequentially("Eerste venster")
    expect(status(page)).to_contain_text(KEPT)
    area(other).press_sequentially("Tweede venster")
    notice = other.get_by_role("region", name="Er is nog een concept van deze tekst")
    expect(notice).to_be_visible()
    expect(area(other)).to_have_value("Tweede venster")
    axe(other)
    assert fits_width(other) and Draft.objects.get().text == "Eerste venster"
    notice.get_by_text("Toon de andere tekst").click()
    expect(notice.get_by_text("Eerste venster")).to_be_visible()
    notice.get_by_role("button", name="Neem de andere tekst").click()
    expect(area(other)).to_have_value("Eerste venster")
    expect(area(other)).to_be_focused()
    other.keyboard.press("Control+z")
    expect(area(other)).to_have_value("Tweede venster")
    expect(status(other)).to_contain_text(KEPT)
    area(page).press_sequentially(", verder")
    again = page.get_by_role("region", name="Er is nog een concept van deze tekst")
    again.get_by_role("button", name="Bewaar wat ik hier schrijf").click()
    expect(again).to_have_count(0)
    expect(status(page)).not_to_contain_text("Niet bewaard")
    expect(status(page)).to_contain_text(KEPT)
    assert wait_until(lambda: Draft.objects.get().text == "Eerste venster, verder", within=10)


def test_without_connection_it_says_so_and_keeps_trying(
    live_site: LiveServer, page: Page, bram: User, thread: Thread
) -> None:
    """D4."""
    enter(page, live_site, bram, thread.get_absolute_url())
    page.route("**/drafts/keep/", lambda route: route.abort())
    area(page).press_sequentially("In de trein")
    expect(status(page)).to_contain_text("geen verbinding")
    page.unroute("**/drafts/keep/")
    area(page).press_sequentially(" naar huis")
    expect(status(page)).to_contain_text(KEPT)
    assert wait_until(lambda: Draft.objects.get().text == "In de trein naar huis", within=10)


def test_a_session_that_ends_while_writing_loses_nothing_in_a_browser(
    live_site: LiveServer,
    page: Page,
    bram: User,
    thread: Thread,
    secret: str,  # noqa: F811  as above
    axe: Callable[[Page], None],
) -> None:
    """D4, P2. Through the real sign-in with its second step, and then placed by the writer."""
    enter(page, live_site, bram, thread.get_absolute_url())
    Session.objects.all().delete()
    area(page).press_sequentially("Dit mag niet weg, “echt” niet.")
    expect(status(page)).to_contain_text("niet meer ingelogd")
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.get_by_text("Je tekst gaat mee")).to_be_visible()
    axe(page)
    page.get_by_label("E-mail").fill(bram.email)
    page.get_by_label("Wachtwoord").fill("verkeerd")
    page.get_by_role("main").locator("form button[type=submit]").first.click()
    expect(page.get_by_text("Dit klopt nog niet")).to_be_visible()
    page.get_by_label("E-mail").fill(bram.email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("main").locator("form button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="Tweede stap")).to_be_visible()
    axe(page)
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("main").locator("form button[type=submit]").first.click()
    expect(page.get_by_text("Je bent weer ingelogd")).to_be_visible()
    expect(page.get_by_label("Je tekst")).to_have_value("Dit mag niet weg, “echt” niet.")
    axe(page)
    page.get_by_role("button", name="Verder met je tekst").click()
    expect(area(page)).to_have_value("Dit mag niet weg, “echt” niet.")
    expect(status(page)).to_contain_text(KEPT)
    assert not Post.objects.filter(number=2).exists()
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("#p2 .text")).to_have_text("Dit mag niet weg, “echt” niet.")
    assert not Draft.objects.exists()


def test_a_form_older_than_the_sign_in_gives_its_text_back_in_a_browser(
    live_site: LiveServer, page: Page, bram: User, thread: Thread
) -> None:
    """D4. The token was turned over by signing in again in another window."""
    enter(page, live_site, bram, thread.get_absolute_url())
    area(page).press_sequentially("Oud formulier")
    expect(status(page)).to_contain_text(KEPT)
    page.context.clear_cookies(name="csrftoken")
    other = page.context.new_page()
    other.goto(page.url)
    area(page).press_sequentially(", nieuwe woorden")
    expect(status(page)).to_contain_text("in een ander venster in- of uitgelogd")
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.get_by_label("Je tekst")).to_have_value("Oud formulier, nieuwe woorden")
    page.get_by_role("button", name="Verder met je tekst").click()
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("#p2 .text")).to_have_text("Oud formulier, nieuwe woorden")


def test_everything_works_without_script(
    live_site: LiveServer, page_without_script: Page, bram: User, thread: Thread
) -> None:
    """D4, D19. Keep, find under My drafts, go on, throw away."""
    page = page_without_script
    enter(page, live_site, bram, thread.get_absolute_url())
    area(page).fill("Zonder script")
    page.get_by_role("button", name="Bewaar als concept").click()
    expect(page.get_by_text("Je concept is bewaard")).to_be_visible()
    expect(area(page)).to_have_value("Zonder script")
    page.goto(f"{live_site.url}/discussions/")
    page.get_by_role("main").get_by_role("link", name="Mijn concepten").click()
    expect(page).to_have_url(re.compile("/discussions/drafts/$"))
    page.get_by_role("main").get_by_role("link", name=thread.title, exact=True).click()
    expect(area(page)).to_have_value("Zonder script")
    page.get_by_role("link", name="Gooi het concept weg").click()
    page.get_by_role("button", name="Gooi weg").click()
    expect(page.get_by_text("Je hebt geen concepten")).to_be_visible()
    assert not Draft.objects.exists()


def test_the_button_keeps_at_once_and_stays_on_the_page_with_script(
    live_site: LiveServer, phone_page: Page, bram: User, thread: Thread, axe: Callable[[Page], None]
) -> None:
    """D4, D19. A new discussion, on a phone."""
    page = phone_page
    enter(page, live_site, bram, "/discussions/zorg/new/")
    page.get_by_label("Titel").fill("Een halve titel")
    page.get_by_role("button", name="Bewaar als concept").click()
    expect(status(page)).to_contain_text(KEPT)
    assert fits_width(page) and page.url.endswith("/new/")
    axe(page)
    assert Draft.objects.get().title == "Een halve titel"


def test_a_long_text_is_counted_before_it_is_too_long(
    live_site: LiveServer, page: Page, bram: User, thread: Thread, axe: Callable[[Page], None]
) -> None:
    """D20. The counter warns, the server says the same in words, and the text stays in the form."""
    enter(page, live_site, bram, thread.get_absolute_url())
    note = page.locator("[data-length]")
    expect(note).to_be_hidden()
    area(page).fill("y" * 95_000)
    expect(note).to_have_text("Je hebt nog 5.000 tekens.")
    area(page).fill("y" * 100_003)
    expect(note).to_contain_text("3 tekens te veel")
    axe(page)
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.get_by_text("100.000").or_(page.get_by_text("100000")).first).to_be_visible()
    assert area(page).input_value() == "y" * 100_003
    assert not Post.objects.filter(number=2).exists()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_drafts_are_calm_and_accessible(
    live_site: LiveServer,
    browser: Browser,
    browser_context_args: dict[str, Any],
    bram: User,
    thread: Thread,
    width: int,
    axe: Callable[[Page], None],
) -> None:
    """D19."""
    context = browser.new_context(**browser_context_args | {"viewport": {"width": width, "height": 700}})
    page = context.new_page()
    enter(page, live_site, bram, "/discussions/drafts/")
    axe(page)
    draft = Draft.objects.create(author=bram, kind="reply", post=Post.objects.get(thread=thread), text="w" * 400)
    for address in (
        "/discussions/drafts/",
        f"/discussions/drafts/{draft.pk}/",
        f"/discussions/drafts/{draft.pk}/discard/",
    ):
        page.goto(live_site.url + address)
        assert fits_width(page), address
        axe(page)
    context.close()
