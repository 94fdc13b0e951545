"""A space in a feed reader: by an address of the member's own, which can be revoked and dies with access (D18)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actions import circles
from accounts.models import Circle, User
from accounts.models.preferences import MailDetail
from discussions.actions import posts, spaces, telling, threads
from discussions.bulk import fill
from discussions.models import Post, Space, Thread
from notifications.models import FeedKey
from tests.cast import client_of, first_name
from tests.harness.browser import fits_width

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def circle_space(coordinator: User, kerngroep: Circle) -> Space:
    return spaces.open_space(by=coordinator, slug="kern", name="Kernruimte", circle=kerngroep)


@pytest.fixture
def circle_thread(bram: User, circle_space: Space) -> Thread:
    said = {"title": "Zwijgkanarie", "text": "Alleen onder ons, tekstkanarie."}
    return threads.open_thread(by=bram, name=first_name(bram), space=circle_space, **said)


def address(user: User, space: Space) -> str:
    """As it is shown once, on the page that makes it; the part behind the host."""
    page = client_of(user).post(f"/notifications/feeds/{space.pk}/open/").content.decode()
    found = re.search(r'value="https://swexpertise\.invalid(/notifications/feed/[\w-]+/)"', page)
    assert found, page
    return found[1]


def entries(url: str) -> list[ElementTree.Element]:
    answer = Client().get(url)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314  our own feed


def titles(url: str) -> list[str]:
    return [entry.findtext(f"{ATOM}title", "") for entry in entries(url)]


def test_a_reader_without_a_cookie_gets_the_newest_posts(bram: User, anna: User, circle_thread: Thread) -> None:
    """D18. Title, author, excerpt and a link that arrives; the newest first."""
    posts.reply(by=anna, name=first_name(anna), thread=circle_thread, text="Dat **zie** ik ook.")
    url = address(bram, circle_thread.space)
    first, second = entries(url)
    assert first.findtext(f"{ATOM}title") == "Antwoord: Zwijgkanarie"
    assert first.findtext(f"{ATOM}author/{ATOM}name") == first_name(anna).display_name
    assert first.findtext(f"{ATOM}summary") == "Dat zie ik ook."
    assert second.findtext(f"{ATOM}title") == "Zwijgkanarie"
    link = first.find(f"{ATOM}link")
    assert link is not None and link.get("href") == f"https://swexpertise.invalid/discussions/posts/{last().pk}/"
    answer = Client().get(url)
    assert answer["Cache-Control"].startswith("max-age=0") and "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies and bram.email not in answer.text and url not in answer.text
    assert Client().get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def last() -> Post:
    return Post.objects.latest("pk")


def test_it_dies_with_access(bram: User, coordinator: User, circle_thread: Thread, kerngroep: Circle) -> None:
    """D18. Out of the circle, suspended: as an address that never was."""
    url = address(bram, circle_thread.space)
    never = Client().get("/notifications/feed/verzonnen/")
    circles.remove(by=coordinator, circle=kerngroep, user=bram)
    gone = Client().get(url)
    assert gone.status_code == never.status_code == 404 and "anarie" not in gone.text
    circles.add(by=coordinator, circle=kerngroep, user=bram)
    assert Client().get(url).status_code == 200
    User.objects.filter(pk=bram.pk).update(is_active=False)
    assert Client().get(url).status_code == 404


def test_a_revoked_and_a_replaced_address_are_dead(bram: User, circle_thread: Thread) -> None:
    """D18. Only what recognises it is kept: nobody reads an address from the table."""
    first = address(bram, circle_thread.space)
    second = address(bram, circle_thread.space)
    assert Client().get(first).status_code == 404 and Client().get(second).status_code == 200
    token = second.split("/")[-2]
    assert token not in str(FeedKey.objects.values().get())
    page = client_of(bram).get("/notifications/feeds/").content.decode()
    assert token not in page and "Er is een adres" in page
    client_of(bram).post(f"/notifications/feeds/{circle_thread.space_id}/close/")
    assert Client().get(second).status_code == 404


def test_nobody_makes_or_revokes_one_that_isnt_theirs(bram: User, cas: User, circle_thread: Thread) -> None:
    """D18."""
    url = address(bram, circle_thread.space)
    assert client_of(cas).post(f"/notifications/feeds/{circle_thread.space_id}/open/").status_code == 404
    client_of(cas).post(f"/notifications/feeds/{circle_thread.space_id}/close/")
    assert Client().get(url).status_code == 200
    assert "Kernruimte" not in client_of(cas).get("/notifications/feeds/").content.decode()
    assert client_of(bram).get(f"/notifications/feeds/{circle_thread.space_id}/open/").status_code == 405
    assert Client().post(url).status_code == 405


@pytest.mark.parametrize("by", ["space", "thread", "author"])
def test_the_discretion_of_mail_holds_in_a_feed(bram: User, coordinator: User, circle_thread: Thread, by: str) -> None:
    """D18, N3. The strictest of space, thread and author."""
    url = address(bram, circle_thread.space)
    if by == "space":
        Space.objects.filter(pk=circle_thread.space_id).update(mail_detail=MailDetail.DISCREET)
    elif by == "thread":
        telling.set_mail_detail(by=bram, thread=circle_thread, mail_detail=MailDetail.DISCREET)
    else:
        type(first_name(bram)).objects.filter(pk=first_name(bram).pk).update(mail_detail=MailDetail.DISCREET)
    answer = Client().get(url)
    assert "anarie" not in answer.text and first_name(bram).display_name not in answer.text
    assert titles(url) == ["Nieuw bericht"]
    assert ("Kernruimte" in answer.text) == (by != "space")


def test_titles_only_is_titles_only(bram: User, circle_thread: Thread) -> None:
    """D18, N3."""
    url = address(bram, circle_thread.space)
    Space.objects.filter(pk=circle_thread.space_id).update(mail_detail=MailDetail.TITLES)
    text = Client().get(url).text
    assert "Zwijgkanarie" in text and "tekstkanarie" not in text and first_name(bram).display_name not in text


def test_what_is_deleted_noted_or_anonymous_stays_unsaid(bram: User, anna: User, circle_thread: Thread) -> None:
    """D18, N12, N13, D12."""
    say: dict[str, Any] = {"by": anna, "name": first_name(anna), "thread": circle_thread}
    gone = posts.reply(**say, text="weggooikanarie")
    posts.delete(by=anna, post=gone)
    posts.reply(**say, text="nootkanarie", content_note="geweld")
    asked = threads.open_thread(
        by=anna, space=circle_thread.space, title="Mag dit?", text="Ik vraag het.", anonymously=True
    )
    url = address(bram, circle_thread.space)
    text = Client().get(url).text
    assert "weggooikanarie" not in text and "nootkanarie" not in text and "geweld" in text
    opening = next(entry for entry in entries(url) if entry.findtext(f"{ATOM}title") == asked.title)
    assert opening.findtext(f"{ATOM}author/{ATOM}name") == "Een lid"


def test_it_costs_the_same_in_a_small_and_in_a_large_space(
    bram: User, anna: User, circle_thread: Thread, django_assert_max_num_queries: Any
) -> None:
    """D17, D18. Fifty entries at most."""
    url = address(bram, circle_thread.space)
    for count in (100, 400):
        thread = threads.open_thread(
            by=anna, name=first_name(anna), space=circle_thread.space, title=f"Van {count}", text="Ja."
        )
        fill(thread, [first_name(anna), first_name(bram)], count, at=timezone.now() + timedelta(seconds=count))
        with django_assert_max_num_queries(4):
            assert Client().get(url).content.count(b"<entry>") == 50


def test_hostile_words_stay_words(bram: User, circle_thread: Thread) -> None:
    """S9. In a feed too."""
    Thread.objects.filter(pk=circle_thread.pk).update(title="<script>x</script> & ]]>")
    assert titles(address(bram, circle_thread.space)) == ["<script>x</script> & ]]>"]


@pytest.mark.django_db(transaction=True)
def test_on_a_phone(
    live_site: LiveServer, phone_page: Page, axe: Callable[[Page], None], bram: User, circle_thread: Thread
) -> None:
    """D18, D19."""
    cookie = client_of(bram).cookies["sessionid"]
    phone_page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_site.url}])
    phone_page.goto(live_site.url + circle_thread.space.get_absolute_url())
    phone_page.get_by_role("link", name="In een feedlezer").click()
    phone_page.get_by_role("button", name="Maak een adres Kernruimte").click()
    expect(phone_page.get_by_label("Adres van de feed")).to_be_visible()
    axe(phone_page)
    assert fits_width(phone_page)
    assert "/notifications/feed/" in phone_page.get_by_label("Adres van de feed").input_value()
    phone_page.get_by_role("button", name="Trek het in Kernruimte").click()
    expect(phone_page.get_by_role("button", name="Maak een adres Kernruimte")).to_be_visible()
    axe(phone_page)
    assert not FeedKey.objects.exists()
