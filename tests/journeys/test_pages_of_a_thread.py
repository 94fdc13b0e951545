"""Every page from which a discussion is put in order, written in and judged: nothing sticks out, axe finds nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.demo import DemoSite
from tests.journeys.conftest import SignIn
from tests.journeys.test_every_kind_of_page import LOOKS, look

OF_A_THREAD = [
    *("reply", "topics", "mail", "where-we-stand", "earlier-summaries", "poll"),
    *("rename", "move", "merge", "lock", "pin", "remove"),
]
OF_A_POST = ["keep", "history", "report", "judge", "urgent", "delete"]


@pytest.mark.parametrize("name", LOOKS)
def test_every_page_of_a_thread_and_a_post(
    sign_in: SignIn, demo_site: DemoSite, axe: Callable[[Page], None], name: str
) -> None:
    """D8, D13, D19. As a coordinator, who finds all of them, in the thread of 300 posts."""
    width, scheme = LOOKS[name]
    page = sign_in("coordinator", color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/discussions/wet-en-beleid/")
    page.get_by_role("main").get_by_role("link", name="Samen schrijven").first.click()
    expect(page).to_have_url(re.compile(r"/t/\d+/"))
    found = re.search(r"/t/(\d+)/", page.url)
    address = page.locator("[data-post]").nth(2).get_attribute("data-post")
    assert found and address
    thread, post = found[1], address.strip("/").rpartition("/")[2]
    paths = [f"/discussions/t/{thread}/tidy/", f"/discussions/threads/{thread}/merge/?q=aangifte"]
    paths += [f"/discussions/threads/{thread}/{end}/" for end in OF_A_THREAD]
    paths += [f"/discussions/posts/{post}/{end}/" for end in OF_A_POST]
    paths += [f"/discussions/threads/{thread}/reply/?post={post}&quote=1", "/discussions/wet-en-beleid/mail/"]
    paths += ["/experts/topics/", "/experts/topics/aangifte/edit/", "/discussions/wet-en-beleid/?tag=aangifte"]
    for path in paths:
        look(page, path, axe, demo_site)


def test_reacting_voting_and_searching_work_without_script(sign_in: SignIn) -> None:
    """D10, D11, D19, S14. On a phone, with scripts off: Meer opens, a post is thanked and kept, a vote is given."""
    member = sign_in("activist", phone=True, script=False)
    member.goto("/search/?q=aangifte")
    member.get_by_role("main").get_by_role("link", name="Aangifte doen zonder je adres te noemen").first.click()
    post = member.locator("article.post").last
    thanks = post.get_by_role("button", name="Dank")
    before = thanks.get_attribute("aria-pressed")
    thanks.click()
    expect(member.locator("article.post").last.get_by_role("button", name="Dank")).to_have_attribute(
        "aria-pressed", "false" if before == "true" else "true"
    )
    more = member.locator("article.post").last.locator("details.more")
    more.locator("summary").click()
    more.get_by_role("link", name="Bewaar").click()
    member.get_by_label("Notitie").fill("Nalezen voor de training.")
    member.get_by_role("button", name="Bewaar").last.click()
    expect(member).to_have_url(re.compile("/t/"))
    member.goto("/discussions/kept/")
    expect(member.get_by_role("main")).to_contain_text("Nalezen voor de training.")
