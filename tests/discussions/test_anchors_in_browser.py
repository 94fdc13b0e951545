"""An address that was copied from the bar arrives where its post stands now (D2, D8)."""

import re

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions import pages
from discussions.actions import tidying
from discussions.models import Post, Thread
from tests.discussions.conftest import reply
from tests.discussions.test_keys_in_browser import enter


def test_it_arrives_in_another_discussion_and_on_another_page(
    live_site: LiveServer,
    page: Page,
    coordinator: User,
    anna: User,
    cas: User,
    thread: Thread,
    talk: dict[str, Post],
    monkeypatch,
) -> None:
    """D8. After a split; and when newer posts stand before it by now."""
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    enter(page, live_site, cas, thread)
    page.goto(f"{live_site.url}{thread.get_absolute_url()}#{talk['c'].anchor}")
    expect(page).to_have_url(f"{live_site.url}{new.get_absolute_url()}#{talk['c'].anchor}")
    expect(page.locator(f"#{talk['c'].anchor} .text")).to_be_in_viewport()
    monkeypatch.setattr(pages, "SIZE", 2)
    reply(anna, thread, "Ervoor.", parent=talk["a"])
    page.goto(f"{live_site.url}{thread.get_absolute_url()}#{talk['e'].anchor}")
    expect(page).to_have_url(re.compile(rf"\?page=2#{talk['e'].anchor}$"))


def test_a_post_that_is_not_there_leaves_the_reader_where_they_are(
    live_site: LiveServer, page: Page, cas: User, thread: Thread, circle_thread: Thread
) -> None:
    """D8. Nor does one that they may not see."""
    enter(page, live_site, cas, thread)
    secret = Post.objects.get(thread=circle_thread).anchor
    for end in ("post-999999999", "post-x", secret, "p77"):
        with page.expect_event("framenavigated"):
            page.goto(f"{live_site.url}{thread.get_absolute_url()}?{end}#{end}")
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("heading", level=1)).to_have_text(thread.title)
