"""The pages on which a member chooses, on a narrow phone, in the dark, by keyboard and without script (N1, N2, N5)."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Preferences, User
from discussions.models import Thread
from experts.models import Topic
from notifications.actions import events
from notifications.models import Watch
from tests.cast import client_of, first_name
from tests.harness.browser import fits_width
from tests.notifications.conftest import follows, open_thread, reply, wants


def enter(page: Page, site: LiveServer, user: User) -> None:
    cookie = client_of(user).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site.url}])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_everybody(
    live_site: LiveServer,
    phone_page: Page,
    axe: Callable[[Page], None],
    anna: User,
    bram: User,
    coordinator: User,
    thread: Thread,
    scheme: str,
) -> None:
    """N2, N5. At 360 px, light and dark: nothing sticks out and axe finds nothing."""
    follows(wants(coordinator), thread)
    tagged = open_thread(anna, thread.space, "Nog een gesprek", "Tekst.", is_history=True, topics=["Prikken"])
    post = reply(bram, thread, at=timezone.now())
    events.fan_out(now=timezone.now())
    enter(phone_page, live_site, coordinator)
    phone_page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
    mine = "/notifications/"
    for address in (
        *(
            f"{mine}settings/",
            f"{mine}settings/sample/",
            f"{mine}why/",
            f"{mine}why/{post.pk}/",
            mine,
            f"{mine}catch-up/",
            f"{mine}delivery/",
        ),
        *(Topic.objects.get(name="Prikken").get_absolute_url(), first_name(bram).get_absolute_url()),
        *(
            f"/discussions/threads/{tagged.pk}/mail/",
            f"/discussions/posts/{post.pk}/urgent/",
            "/discussions/zorg/mail/",
        ),
    ):
        answer = phone_page.goto(live_site.url + address)
        assert answer is not None and answer.ok, address
        assert fits_width(phone_page), address
        axe(phone_page)


def test_the_sentence_follows_what_is_chosen_and_keeps_nothing(live_site: LiveServer, page: Page, cas: User) -> None:
    """N2. With script the words change along; they come from the server."""
    wants(cas)
    enter(page, live_site, cas)
    page.goto(f"{live_site.url}/notifications/settings/")
    sentence = page.locator("#sentence")
    expect(sentence).to_contain_text("Elke dag om 08:00")
    page.get_by_label("Elke week").check()
    expect(sentence).to_contain_text("Nog niet bewaard: Elke week op maandag om 08:00")
    page.get_by_label("Geen mail vanaf").select_option("22")
    expect(sentence).to_contain_text("Kies allebei de uren")
    page.get_by_label("Weer mail vanaf").select_option("7")
    expect(sentence).to_contain_text("Tussen 22:00 en 07:00 komt er niets")
    assert Preferences.objects.get(user=cas).rhythm == "daily"
    page.get_by_role("button", name="Bewaar dit").click()
    expect(sentence).not_to_contain_text("Nog niet bewaard")
    expect(sentence).to_contain_text("Elke week op maandag om 08:00")
    mine = Preferences.objects.get(user=cas)
    assert (mine.rhythm, mine.quiet_from, mine.quiet_to) == ("weekly", 22, 7)


def test_it_is_chosen_by_keyboard_alone(live_site: LiveServer, page: Page, cas: User) -> None:
    """N1, N2."""
    wants(cas)
    enter(page, live_site, cas)
    page.goto(f"{live_site.url}/notifications/settings/")
    page.get_by_role("radio", name="Elke dag").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Alleen titels").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Bewaar dit").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sentence")).not_to_contain_text("Nog niet bewaard")
    expect(page.locator("#sentence")).to_contain_text(
        "Elke week op maandag om 08:00 krijg je één mail met alleen titels"
    )


def test_without_script_everything_is_chosen_as_well(
    live_site: LiveServer, page_without_script: Page, cas: User, anna: User, thread: Thread
) -> None:
    """N1, N2. Look first, keep; a level on a thread, a space and a topic; a name muted and heard again."""
    open_thread(anna, thread.space, "Nog een gesprek", "Tekst.", is_history=True, topics=["Prikken"])
    wants(cas)
    page = page_without_script
    enter(page, live_site, cas)
    page.goto(f"{live_site.url}/notifications/settings/")
    page.get_by_label("Nooit: ik lees op de site").check()
    page.get_by_role("button", name="Zeg eerst wat dit betekent").click()
    expect(page.locator("#sentence")).to_contain_text("Nog niet bewaard: Je krijgt geen mail")
    page.get_by_role("button", name="Bewaar dit").click()
    expect(page.locator("#sentence")).not_to_contain_text("Nog niet bewaard")
    assert Preferences.objects.get(user=cas).rhythm == "never"
    topic = Topic.objects.get(name="Prikken")
    for thing in (thread, thread.space, topic):
        page.goto(live_site.url + thing.get_absolute_url())
        page.locator("form.watch").get_by_label("Volgen In je overzicht.").check()
        with page.expect_navigation():
            page.locator("form.watch").get_by_role("button").click()
    assert Watch.objects.filter(user=cas, level="following").count() == 3
    page.goto(live_site.url + first_name(anna).get_absolute_url())
    page.get_by_text("Anna dempen").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Anna dempen").click()
    assert Watch.objects.filter(user=cas, name=first_name(anna)).exists()
    page.goto(f"{live_site.url}/notifications/settings/")
    with page.expect_navigation():
        page.get_by_role("button", name="weer horen").click()
    assert not Watch.objects.filter(user=cas, name__isnull=False).exists()
