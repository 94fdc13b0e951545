"""Every kind of page, narrow, wide, light, dark: nothing sticks out, axe finds nothing, no other host is asked."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.browser import fits_width
from tests.harness.demo import DemoSite
from tests.journeys.conftest import SignIn

VISITOR = [
    *("/nl/", "/en/", "/nl/kennis/", "/nl/kennis/veiligheid/", "/nl/kennis/veiligheid/geweld-tegen-sekswerkers/"),
    *(
        "/nl/kennis/tijdlijn/",
        "/nl/kennis/woordenlijst/",
        "/nl/kennis/programmas/",
        "/nl/kennis/programmas/hands-off/",
    ),
    *("/nl/nieuws/", "/nl/nieuws/onderzoek-geweld-gepresenteerd/", "/nl/over-het-netwerk/"),
    *("/en/knowledge/safety/violence-against-sex-workers/", "/experts/", "/experts/organisations/"),
    *("/experts/organisations/proud/", "/experts/topics/aangifte/", "/letters/", "/letters/motie-onderzoek-2014/"),
    *("/search/?q=prostituee", "/accounts/login/", "/accounts/password/reset/", "/mailbox/", "/leave/", "/patterns/"),
    "/nl/deze-pagina-bestaat-niet/",
]
MEMBER = [
    *("/discussions/reports/mine/", "/discussions/log/"),
    *(
        "/notifications/",
        "/notifications/settings/",
        "/accounts/settings/",
        "/experts/?q=aangifte",
        "/experts/profile/",
    ),
    *("/experts/names/", "/discussions/", "/discussions/veiligheid/", "/discussions/veiligheid/new/"),
    *("/search/?q=aangifte", "/discussions/kept/", "/notifications/why/", "/notifications/catch-up/"),
    "/notifications/settings/sample/",
    "/notifications/feeds/",
    *("/notifications/replies/", "/notifications/address/"),
]
MEMBER += ["/discussions/drafts/", "/discussions/deleted/", "/accounts/erase/"]
COORDINATOR = [
    "/discussions/reports/",
    "/discussions/removed/",
    "/experts/members/",
    "/experts/circles/",
    "/experts/invitations/",
    "/experts/invitations/new/",
]
COORDINATOR += ["/notifications/delivery/", "/discussions/imports/", "/discussions/imports/new/"]
COORDINATOR += ["/discussions/veiligheid/anonymous/"]
LOOKS = {"phone, light": (360, "light"), "desk, dark": (1280, "dark")}


def look(page: Page, path: str, axe: Callable[[Page], None], site: DemoSite) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(path)
    assert answer is not None and answer.status < 500, path
    assert fits_width(page), f"{path} sticks out"
    axe(page)
    assert [url for url in asked if not url.startswith((site.url, "data:", "about:"))] == []


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize(
    ("who", "paths"),
    [(None, VISITOR), ("nurse", MEMBER), ("coordinator", COORDINATOR)],
    ids=["visitor", "member", "coordinator"],
)
def test_every_kind_of_page(
    sign_in: SignIn, demo_site: DemoSite, axe, who: str | None, paths: list[str], name: str
) -> None:
    """D19, S11, S14. One test per reader and look, so that a page added later costs a line."""
    width, scheme = LOOKS[name]
    page = sign_in(who, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for path in paths:
        look(page, path, axe, demo_site)


@pytest.mark.parametrize("name", LOOKS)
def test_a_thread_in_its_readings(sign_in: SignIn, demo_site: DemoSite, axe, name: str) -> None:
    """D2, D19. The thread of 300 posts, as a tree, by time and only what is new; a post's own page; the reply form."""
    width, scheme = LOOKS[name]
    page = sign_in("nurse", color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/discussions/wet-en-beleid/")
    page.get_by_role("main").get_by_role("link", name="Samen schrijven").first.click()
    expect(page).to_have_url(re.compile(r"/discussions/t/\d+/"))
    thread = page.url.partition("?")[0].removeprefix(demo_site.url)
    for path in (thread, f"{thread}?view=time", f"{thread}?view=new", f"{thread}?page=3"):
        look(page, path, axe, demo_site)
    page.goto(thread)
    page.get_by_role("link", name="Antwoord").first.click()
    expect(page).to_have_url(re.compile(r"/reply/"))
    expect(page.get_by_label("Jouw antwoord")).to_be_visible()
    axe(page)
