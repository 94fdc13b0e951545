"""With one touch and no reload: reacting, keeping, and a quotation that answers whom it quotes (D3, D11, D19)."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.actions import reactions
from discussions.models import Bookmark, Draft, Post, Reaction, Thread
from swexpertise.start.processes import wait_until
from tests.cast import first_name
from tests.discussions.conftest import opening_of, reply
from tests.discussions.test_comfort_in_browser import enter, select


def test_a_reaction_comes_and_goes_without_loading_the_page(
    live_site: LiveServer, page: Page, axe: Callable[[Page], None], anna: User, bram: User, thread: Thread
) -> None:
    """D11, D19. By touch and with the keyboard; the number is that of the server, it is said aloud, the text stays."""
    reactions.toggle(by=anna, name=first_name(anna), post=opening_of(thread), kind="thanks")
    enter(page, live_site, bram, thread.get_absolute_url())
    page.locator("#id_text").fill("Al begonnen.")
    page.evaluate("window.sameOne = true")
    button = page.locator("form[data-react]").first.get_by_role("button", name="Dank")
    expect(button).to_have_text("Dank 1")
    button.click()
    expect(button).to_have_text("Dank 2")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-said]")).to_have_text("Dank: 2, ook van jou")
    assert Reaction.objects.count() == 2
    axe(page)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Dank 1")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_be_focused()
    expect(page.locator("[data-said]")).to_have_text("Dank: 1, niet meer van jou")
    heart = page.locator("form[data-react]").first.get_by_role("button", name="Hart")
    heart.press("Space")
    expect(heart).to_have_text("Hart 1")
    assert page.evaluate("window.sameOne") and page.locator("#id_text").input_value() == "Al begonnen."
    page.reload()
    expect(page.locator("form[data-react]").first.get_by_role("button", name="Hart")).to_have_text("Hart 1")


def test_without_connection_the_count_stays_and_one_reads_why(
    live_site: LiveServer, page: Page, anna: User, thread: Thread
) -> None:
    """D11. Trying again works; what the server refuses is shown as without script."""
    enter(page, live_site, anna, thread.get_absolute_url())
    button = page.locator("form[data-react]").first.get_by_role("button", name="Dank")
    page.context.set_offline(True)
    button.click()
    expect(page.locator("form[data-react] .away")).to_have_text(re.compile("Geen verbinding"))
    expect(page.locator("[data-said]")).to_have_text(re.compile("Geen verbinding"))
    expect(button).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(False)
    button.click()
    expect(button).to_have_text("Dank 1")
    expect(page.locator(".away")).to_have_count(0)
    page.context.clear_cookies(name="sessionid")
    button.click()
    expect(page).to_have_url(re.compile("/accounts/login/"), timeout=20_000)


def test_a_post_is_kept_by_one_touch_and_the_next_opens_the_note(
    live_site: LiveServer, page: Page, anna: User, bram: User, thread: Thread
) -> None:
    """D11. A note that stood there already stays."""
    enter(page, live_site, bram, thread.get_absolute_url())
    link = page.locator('.post a[href$="/keep/"]').first
    link.evaluate("link => link.closest('details')?.setAttribute('open', '')")
    link.click()
    expect(link).to_have_text("Bewaard: schrijf een notitie")
    expect(page.locator("[data-said]")).to_have_text("Bewaard, voor jou alleen.")
    assert Bookmark.objects.get().user == bram
    reactions.keep(by=bram, post=opening_of(thread), note="Voor dinsdag")
    page.reload()
    link.evaluate("link => link.closest('details')?.setAttribute('open', '')")
    link.click()
    expect(link).to_have_text("Bewaard: schrijf een notitie")
    assert Bookmark.objects.get().note == "Voor dinsdag"
    link.click()
    expect(page.get_by_label("Notitie")).to_have_value("Voor dinsdag")


def test_a_quotation_answers_the_post_it_is_of(
    live_site: LiveServer, page: Page, axe: Callable[[Page], None], anna: User, bram: User, thread: Thread
) -> None:
    """D3, D4, D19. By q; what was typed and its draft go along; one reads whom one answers."""
    post = reply(anna, thread, "Een zin van Anna.")
    other = reply(anna, thread, "Nog een zin van Anna.")
    enter(page, live_site, bram, thread.get_absolute_url())
    page.locator("#id_text").fill("Al begonnen.")
    page.get_by_role("button", name="Bewaar als concept").click()
    expect(page.locator("[data-keep]")).to_have_text(re.compile("Concept bewaard"))
    for place in ("#p2 .text p", "#p3 .text p"):
        page.locator("#id_text").blur()
        select(page, place, 0, 3)
        page.keyboard.press("q")
    expect(page.locator(".answers")).to_contain_text("Je antwoordt op Anna")
    axe(page)
    page.get_by_role("button", name="Bewaar als concept").click()
    expect(page.locator("[data-keep]")).to_have_text(re.compile("Concept bewaard"))
    assert wait_until(lambda: [draft.post_id for draft in Draft.objects.all()] == [post.pk], within=10)
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("blockquote")).to_have_count(2)
    placed = Post.objects.get(thread=thread, number=4)
    assert placed.parent_id == post.pk != other.pk and placed.source.startswith("Al begonnen.")
    assert not Draft.objects.exists()


def test_a_quotation_can_go_to_the_opening_all_the_same(
    live_site: LiveServer, page: Page, anna: User, bram: User, thread: Thread
) -> None:
    """D3. And one of the opening answers the opening, without a word."""
    reply(anna, thread, "Een zin van Anna.")
    enter(page, live_site, bram, thread.get_absolute_url())
    select(page, "#p1 .text p", 0, 3)
    page.keyboard.press("q")
    expect(page.locator("#id_text")).to_have_value(re.compile("> Wie"))
    expect(page.locator(".answers")).to_have_count(0)
    select(page, "#p2 .text p", 0, 3)
    page.locator("#id_text").fill("")
    page.locator("#id_text").blur()
    select(page, "#p2 .text p", 0, 3)
    page.keyboard.press("q")
    page.get_by_role("button", name="Antwoord toch op het eerste bericht").click()
    expect(page.locator(".answers")).to_have_count(0)
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("blockquote")).to_have_count(1)
    assert Post.objects.get(thread=thread, number=3).parent_id == opening_of(thread).pk


def test_without_script_a_quotation_answers_the_post_it_is_of(
    live_site: LiveServer, page_without_script: Page, anna: User, bram: User, thread: Thread
) -> None:
    """D3, D19."""
    page = page_without_script
    post = reply(anna, thread, "Een zin van Anna.")
    enter(page, live_site, bram, thread.get_absolute_url())
    page.locator("#p2").get_by_role("link", name="Citeer").click()
    expect(page.locator("#id_text")).to_have_value(re.compile("> Een zin van Anna"))
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("blockquote")).to_have_count(1)
    assert Post.objects.get(thread=thread, number=3).parent_id == post.pk
    page.locator("#p2 form[data-react]").get_by_role("button", name="Dank").click()
    expect(page.locator("#p2 form[data-react]").get_by_role("button", name="Dank")).to_have_text("Dank 1")
