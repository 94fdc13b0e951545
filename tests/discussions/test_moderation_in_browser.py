"""A report from a phone, without script; what coordinators and members see of it, read aloud too (D13, D19)."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.actions import reports
from discussions.models import Decision, Report, Thread
from discussions.models.decision import Act, Grounds
from tests.cast import client_of
from tests.discussions.conftest import reply
from tests.harness.browser import fits_width


def enter(page: Page, site: LiveServer, user: User, path: str) -> None:
    cookie = client_of(user).cookies["sessionid"]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site.url}])
    page.goto(site.url + path)


def test_a_member_reports_from_a_phone(
    live_site: LiveServer, phone_page: Page, axe, bram: User, cas: User, thread: Thread
) -> None:
    """D13, D19."""
    reply(bram, thread, "Zij woont op de Kade 3.")
    enter(phone_page, live_site, cas, thread.get_absolute_url())
    phone_page.get_by_text("Meer over het bericht van Bram").tap()
    phone_page.get_by_role("link", name="Meld Bram").tap()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("Meld dit bericht")
    assert fits_width(phone_page)
    axe(phone_page)
    phone_page.get_by_label("Het verraadt wie iemand is, of waar").check()
    phone_page.get_by_label("In je eigen woorden").fill("Een adres!")
    phone_page.get_by_role("button", name="Meld het bericht").tap()
    expect(phone_page.get_by_role("main")).to_contain_text("Een coördinator moet er nog naar kijken.")
    assert fits_width(phone_page)
    axe(phone_page)
    assert Report.objects.get().words == "Een adres!"


def test_with_the_keyboard_and_without_script(
    live_site: LiveServer, page_without_script: Page, bram: User, cas: User, thread: Thread
) -> None:
    """D13, D19."""
    page = page_without_script
    post = reply(bram, thread)
    enter(page, live_site, cas, f"/discussions/posts/{post.pk}/report/")
    page.get_by_role("button", name="Meld het bericht").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Kies er een.")
    page.get_by_label("Het kan kwaad").press("Space")
    page.get_by_role("button", name="Meld het bericht").press("Enter")
    expect(page).to_have_url(re.compile("/reports/mine/$"))


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_the_pages_of_a_case(
    live_site: LiveServer,
    page: Page,
    axe,
    bram: User,
    cas: User,
    coordinator: User,
    thread: Thread,
    width: int,
    scheme: str,
) -> None:
    """D13, D19. Queue, decision, log, and what the author reads."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
    post, other = reply(bram, thread, "Zij woont op de Kade 3."), reply(bram, thread, "Reclame!")
    reports.report(by=cas, post=post, grounds=Grounds.PRIVACY, words="Een adres.")
    reports.report(by=cas, post=other, grounds=Grounds.SPAM)
    enter(page, live_site, coordinator, "/discussions/reports/")
    assert fits_width(page)
    axe(page)
    page.get_by_role("link", name="Bram in “Prikken op locatie”").first.click()
    expect(page.get_by_label("Verberg het bericht")).to_be_visible()
    axe(page)
    assert fits_width(page)
    page.get_by_label("Verberg het bericht").check()
    page.get_by_label("Het verraadt wie iemand is, of waar").check()
    page.get_by_label("Reden").fill("Er staat een adres in.")
    page.get_by_role("button", name="Besluit").click()
    expect(page.get_by_role("main")).to_contain_text("Reclame!")
    for user, path in ((cas, "/discussions/log/"), (bram, f"/discussions/decisions/{Decision.objects.get().pk}/")):
        enter(page, live_site, user, path)
        assert fits_width(page)
        axe(page)
    assert Decision.objects.get().act == Act.REMOVE_POST
