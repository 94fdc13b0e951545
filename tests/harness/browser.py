"""Debian's Chromium, driven by Playwright against a live site; it speaks to loopback only.

`page` and `context` are pytest-playwright's. `live_site.url` is where the site answers. `axe(page)` fails on what a
screen reader, a keyboard or a colour-blind reader would stumble over.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from swexpertise.start.test import chromium

# No sandbox: tests run as root in a container, and visit pages of ours alone.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    # Playwright's own loop runs in this thread, which Django takes for asynchronous code and refuses the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return browser_type_launch_args | {"executable_path": chromium(), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "service_workers": "block"}


@pytest.fixture
def live_site(live_server: LiveServer, settings: Any) -> LiveServer:
    """The site on a port of loopback, with pages, locales and permissions as migrations made them."""
    settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    return live_server


@pytest.fixture
def page_without_script(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A reader whose browser runs no script."""
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    yield context.new_page()
    context.close()


@pytest.fixture
def phone_page(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A narrow phone: 360 px wide, touched with a finger."""
    narrow = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(**browser_context_args | narrow)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Fails with each violation in words, the element it is about, and where to read more."""

    def check(page: Page, *, context: str | None = None) -> None:
        found = Axe().run(page, context=context, options={"runOnly": [*WCAG, "best-practice"]})
        report = [
            f"{violation['impact']}: {violation['help']} ({violation['id']})\n    "
            + "\n    ".join(node["html"][:200] + "\n      " + node["failureSummary"] for node in violation["nodes"])
            for violation in found.response["violations"]
        ]
        if report:
            pytest.fail(f"{page.url}\n" + "\n".join(report), pytrace=False)

    return check


def fits_width(page: Page) -> bool:
    """Whether nothing sticks out sideways: no reader scrolls in two directions."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
