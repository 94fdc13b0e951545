"""A thread with a poll, and the poll itself, on a narrow phone (D10, D19)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.actions import polls
from discussions.models import Thread
from tests.cast import client_of, first_name
from tests.harness.browser import fits_width


@pytest.mark.parametrize("kind", ["open", "secret", "consent"])
def test_a_thread_with_a_poll_is_for_everybody(
    live_site: LiveServer, phone_page: Page, axe: Callable[[Page], None], anna: User, thread: Thread, kind: str
) -> None:
    """D10, D19. At 360 px nothing sticks out and axe finds nothing."""
    words = {"question": "Gaan we door?", "options": ["Ja", "Nee"], "closes_at": timezone.now() + timedelta(days=2)}
    more = {"kind": "consent"} if kind == "consent" else {"is_secret": kind == "secret"}
    poll = polls.open_poll(by=anna, name=first_name(anna), thread=thread, **words, **more)  # type: ignore[arg-type]  # so
    if kind != "secret":
        polls.vote(by=anna, name=first_name(anna), poll=poll, choices=[1], reason="Met zorg.")
    cookie = client_of(anna).cookies["sessionid"]
    phone_page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_site.url}])
    addresses = [thread.get_absolute_url(), poll.get_absolute_url(), f"/discussions/threads/{thread.pk}/poll/"]
    for address in addresses:
        answer = phone_page.goto(live_site.url + address)
        assert answer is not None and answer.ok
        assert fits_width(phone_page), address
        axe(phone_page)
