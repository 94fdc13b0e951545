"""Signing in to the running demo as its members do."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.harness.demo import PASSWORD, DemoSite

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}

SignIn = Callable[..., Page]


# As many sign-ins a minute as the site takes from one address (`ACCOUNT_RATE_LIMITS`), less one for a journey's own.
A_MINUTE = 9
_turns: deque[float] = deque(maxlen=A_MINUTE)


def _wait_for_a_turn() -> None:
    if len(_turns) == A_MINUTE:
        time.sleep(max(0.0, _turns[0] + 61 - time.monotonic()))
    _turns.append(time.monotonic())


@pytest.fixture
def sign_in(demo_site: DemoSite, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[SignIn]:
    """`sign_in("nurse")` gives her page on a desk; `phone=True` a narrow one, `script=False` one without script.

    For None it is a visitor's.
    """
    contexts: list[BrowserContext] = []

    def enter(who: str | None, *, phone: bool = False, script: bool = True, **more: Any) -> Page:
        size = PHONE if phone else DESK
        context = browser.new_context(
            **browser_context_args | size | {"java_script_enabled": script, "base_url": demo_site.url} | more
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if who:
            _wait_for_a_turn()
            page.goto("/accounts/login/")
            page.get_by_label("E-mail").fill(f"{who}@demo.invalid")
            page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Inloggen").click()
            page.get_by_role("link", name="Voor jou").first.wait_for()
        return page

    yield enter
    for context in contexts:
        context.close()
