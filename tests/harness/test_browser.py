import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.harness.browser import whole


def test_a_browser_reads_the_live_site(live_site, page):
    assert page.goto(f"{live_site.url}/health/live").status == 200


def test_a_reader_without_script_is_served(live_site, page_without_script):
    assert page_without_script.goto(f"{live_site.url}/health/live").status == 200


def test_the_browser_reaches_no_other_machine(page):
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


def test_axe_names_what_is_wrong(page, axe):
    page.set_content("<html lang=nl><title>x</title><main><h1>x</h1><img src='data:,'></main></html>")
    with pytest.raises(pytest.fail.Exception, match="image-alt"):
        axe(page)
    page.set_content("<html lang=nl><title>x</title><main><h1>x</h1></main></html>")
    axe(page)


@pytest.fixture
def slow_site() -> Iterator[str]:
    """Answers at once, and sends the page that its link leads to half a second later."""

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            is_first = self.path == "/"
            self.wfile.write(b" ")
            if not is_first:
                self.wfile.flush()
                time.sleep(0.5)
            content = b"<a href='/next'>x</a>" if is_first else b"<img src='data:,'>"
            self.wfile.write(b"<!doctype html><html lang=nl><title>x</title><main><h1>x</h1>" + content + b"</main>")

        def log_message(self, *_anything: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_axe_looks_at_a_page_that_is_still_on_its_way_once_it_is_there(page, axe, slow_site):
    page.goto(slow_site)
    axe(page)
    page.get_by_role("link").click()
    assert page.evaluate("document.documentElement") is None  # what a click returns to
    with pytest.raises(pytest.fail.Exception, match="image-alt"):
        axe(page)


def test_a_page_that_is_replaced_while_axe_looks_is_looked_at_again(page, slow_site):
    page.goto(slow_site)
    seen = []

    def look():
        seen.append(page.url)
        if len(seen) == 1:
            page.evaluate("location.assign('/next')")
            page.wait_for_url("**/next", wait_until="commit")
        return page.evaluate("document.querySelectorAll('img').length")

    assert whole(page, look) == 1
    assert seen == [slow_site, f"{slow_site}next"]
