"""Debian's Chromium, driven by Playwright against a live site; it speaks to loopback only.

`page` and `context` are pytest-playwright's. `live_site.url` is where the site answers. `axe(page)` fails on what a
screen reader, a keyboard or a colour-blind reader would stumble over.

A click on a link returns as soon as the answer begins, when the new page has no root element yet, or earlier still: a
test first waits for what the click brings (`expect`), then looks.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserError
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
# Of what is right no list is made of every element that is: that took half the time.
AXE = {"runOnly": [*WCAG, "best-practice"], "resultTypes": ["violations"]}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    # Playwright's own loop runs in this thread, which Django takes for asynchronous code and refuses the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return browser_type_launch_args | {"executable_path": chromium(), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "service_workers": "block"}


@pytest.fixture
def live_site(live_server: LiveServer, settings: Any, request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    """The site on a port of loopback, with pages, locales and permissions as migrations made them.

    At the end its pages are left and what they still had to say (a draft kept as a page closes) is answered, so that
    nothing comes in while the tables are emptied for the next test.
    """
    settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    at_work = AtWork.of(live_server.thread.httpd)
    yield live_server
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            for page in context.pages:
                page.goto("about:blank")
    at_work.wait_until_idle()


class AtWork:
    """Counts the requests that a server is answering."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app
        self.count = 0
        self.lock = threading.Lock()
        self.last = 0.0

    @classmethod
    def of(cls, server: Any) -> "AtWork":
        """Stands between `server` and what it serves; once for each server."""
        app = server.get_app()
        if not isinstance(app, cls):
            app = cls(app)
            server.set_app(app)
        return app

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        self._more(1)
        try:
            answer = self.app(environ, start_response)
            try:
                yield from answer
            finally:
                getattr(answer, "close", lambda: None)()
        finally:
            self._more(-1)

    def _more(self, by: int) -> None:
        with self.lock:
            self.count += by
            self.last = time.monotonic()

    def wait_until_idle(self, *, quiet: float = 0.15, within: float = 10) -> None:
        """Until nothing was asked for `quiet` seconds."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if not self.count and time.monotonic() - self.last > quiet:
                return
            time.sleep(0.02)


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
        found = whole(page, lambda: Axe().run(page, context=context, options=AXE))
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
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(whole(page, lambda: page.evaluate(wide)))


def whole(page: Page, look: Callable[[], Any]) -> Any:
    """What `look` finds on a page that has loaded, and that was the same one from its beginning to its end.

    A page that is replaced meanwhile is looked at again; what goes wrong on one that stays is an error as ever.
    """
    for turn in range(5):
        before = _loaded(page)
        try:
            found = look()
        except BrowserError:
            if _loaded(page) == before or turn == 4:
                raise
        else:
            if _loaded(page) == before:
                return found
    raise AssertionError(f"{page.url} is replaced by another page all the time.")


def _loaded(page: Page) -> tuple[str, float]:
    """Which page it is, once it is there with its pictures, styles and scripts."""
    while True:
        page.wait_for_load_state("load")
        try:
            began = page.evaluate("document.readyState === 'complete' && performance.timeOrigin")
        except BrowserError as error:
            if "Execution context was destroyed" not in str(error):
                raise
        else:
            if began:
                return page.url, began
        page.wait_for_timeout(20)
