"""What a designer measures: long titles, what a finger touches, posts of equal width, a table on a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.actions import polls, reports, threads
from discussions.models import Post, Space, Thread
from discussions.models.decision import Grounds
from tests.cast import first_name
from tests.discussions.conftest import open_thread, reply
from tests.discussions.test_comfort_in_browser import enter
from tests.harness.browser import fits_width

LONG = ("Hottentottententententoonstelling" * 4)[:120]
# What stands by itself and acts. A link inside a line of text is as high as its line.
LOW = """() => [...document.querySelectorAll(`button, summary, select, textarea,
    label:has(> :is([type=radio], [type=checkbox])), input:not([type=hidden], [type=radio], [type=checkbox]),
    :is(.bar, .crumb, .views, .onward, .actions, .pages, .menu, .foot) a, .post > footer a, .side li > a`)]
    .filter((one) => one.checkVisibility() && !one.closest(".text"))
    .map((one) => [one.getBoundingClientRect(), one])
    .filter(([box]) => box.width > 1 && box.height < 44)
    .map(([box, one]) => `${Math.round(box.height)} px: ${one.outerHTML.slice(0, 100)}`)"""


@pytest.fixture
def long_thread(anna: User, bram: User, space: Space) -> Thread:
    """A title without a place to break it, a reply, a poll, and a report of the reply."""
    thread = open_thread(anna, space, LONG, "Wie weet dit?")
    post = reply(bram, thread, "Ik weet het.")
    reports.report(by=anna, post=post, grounds=Grounds.RULES)
    until = timezone.now() + timedelta(days=2)
    polls.open_poll(
        by=anna, name=first_name(anna), thread=thread, question=LONG, options=[LONG, "Nee"], closes_at=until
    )
    return thread


def pages_of(thread: Thread) -> list[str]:
    """Every page about a thread, its post, its poll."""
    acts = ["tidy", "reply", "stand_edit", "topics_edit", "poll_new", "rename", "move", "mail", "merge"]
    names = {"tidy": "thread_tidy", "rename": "thread_rename", "move": "thread_move", "mail": "thread_mail"}
    names |= {"merge": "thread_merge"}
    post = Post.objects.get(thread=thread, number=2)
    return [
        thread.get_absolute_url(),
        *(reverse(f"discussions:{names.get(act, act)}", args=[thread.pk]) for act in acts),
        *(reverse("discussions:thread_decide", args=[thread.pk, act]) for act in ("lock", "pin", "remove")),
        *(
            reverse(f"discussions:post_{act}", args=[post.pk])
            for act in ("report", "judge", "keep", "urgent", "delete", "history")
        ),
        *(reverse("discussions:poll", args=[poll.pk]) for poll in thread.polls.all()),
        *(reverse(f"discussions:{name}") for name in ("list", "reports", "log")),
        reverse("discussions:space", args=[thread.space.slug]),
        *(reverse(f"notifications:{name}") for name in ("inbox", "catch_up", "why_list", "settings", "feeds")),
        reverse("notifications:why", args=[post.pk]),
        f"{reverse('search:results')}?q={LONG}",
    ]


def test_a_title_without_a_space_breaks_on_every_page_that_shows_it(
    live_site: LiveServer, page: Page, coordinator: User, long_thread: Thread
) -> None:
    """D19. 120 characters at 320 px: in the heading, on the way to the page, in a list, in a result."""
    page.set_viewport_size({"width": 320, "height": 640})
    enter(page, live_site, coordinator, "/discussions/")
    wrong = []
    for address in pages_of(long_thread):
        answer = page.goto(live_site.url + address)
        assert answer is not None
        assert answer.status == 200, address
        wrong += [address] * (not fits_width(page))
    assert wrong == []


def test_what_acts_is_high_enough_for_a_finger(
    live_site: LiveServer, phone_page: Page, coordinator: User, long_thread: Thread
) -> None:
    """D19. 2.75rem on whatever is touched: docs/design.md."""
    enter(phone_page, live_site, coordinator, "/discussions/")
    wrong = []
    for address in pages_of(long_thread):
        phone_page.goto(live_site.url + address)
        wrong += [f"{address} {one}" for one in phone_page.evaluate(LOW)]
    assert not wrong, "\n".join(wrong)


def test_own_posts_are_as_wide_as_those_of_others(
    live_site: LiveServer, page: Page, anna: User, bram: User, thread: Thread
) -> None:
    """D2. The moment of each stands at the same edge, and the rule above it is as long."""
    reply(bram, thread, "Van Bram.")
    reply(anna, thread, "Van Anna.")
    page.set_viewport_size({"width": 1280, "height": 800})
    enter(page, live_site, bram, f"{thread.get_absolute_url()}?view=time")
    edges = page.locator(".post > header").evaluate_all("all => all.map((one) => one.getBoundingClientRect().right)")
    assert len(edges) == 3
    assert max(edges) - min(edges) < 1


def test_the_log_needs_no_scrolling_sideways_on_a_phone(
    live_site: LiveServer, phone_page: Page, axe: Callable[[Page], None], anna: User, coordinator: User, thread: Thread
) -> None:
    """D13, D19. Each decision stands as a card there, with the name of each column before its value."""
    reply(anna, thread, "Klaar.")
    threads.lock(by=coordinator, thread=thread, reason="Het is klaar.")
    enter(phone_page, live_site, anna, reverse("discussions:log"))
    assert phone_page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
    cell = phone_page.locator("td").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content").startswith('"Wanneer"')
    axe(phone_page)


def test_enter_in_a_line_of_a_form_asks_for_a_look_and_places_nothing(
    live_site: LiveServer, page: Page, anna: User, space: Space
) -> None:
    """D3, D19. The button that comes first in a form belongs to its attachments."""
    enter(page, live_site, anna, reverse("discussions:thread_new", args=[space.slug]))
    page.get_by_label("Titel").fill("Prikken op locatie")
    page.locator("#id_text").fill("Wie doet dit al?")
    page.get_by_label("Titel").press("Enter")
    expect(page.get_by_role("heading", name="Zo komt het eruit te zien").first).to_be_visible()
    expect(page.get_by_label("Titel")).to_have_value("Prikken op locatie")
    assert not Thread.objects.exists()


def test_a_decision_about_a_post_fits_whatever_its_title(
    live_site: LiveServer, page: Page, anna: User, bram: User, coordinator: User, long_thread: Thread
) -> None:
    """D13, D19. The page on which an author reads why, and appeals."""
    post = Post.objects.get(thread=long_thread, number=2)
    decision = reports.decide(by=coordinator, post=post, act="remove_post", grounds=Grounds.RULES, reason="Te veel.")
    page.set_viewport_size({"width": 320, "height": 640})
    enter(page, live_site, bram, reverse("discussions:decision", args=[decision.pk]))
    expect(page.get_by_role("heading", level=1)).to_have_text("Je bericht is verborgen")
    assert fits_width(page)


def test_control_and_enter_place_what_was_written(
    live_site: LiveServer, page: Page, bram: User, thread: Thread, space: Space
) -> None:
    """D19. Seven stops of Tab less; a new discussion, a reply, and a text that is refused stays."""
    enter(page, live_site, bram, thread.get_absolute_url())
    page.locator("#id_text").press("Control+Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Schrijf eerst iets.")
    page.locator("#id_text").fill("Met de toetsen.")
    page.locator("#id_text").press("Control+Enter")
    expect(page.locator("#p2 .text")).to_have_text("Met de toetsen.")
    page.goto(live_site.url + reverse("discussions:thread_new", args=[space.slug]))
    page.get_by_label("Titel").fill("Nog iets")
    page.locator("#id_text").fill("Wie weet dit?")
    page.locator("#id_text").press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nog iets")
