"""More than the server reads: a page that says so in the reader's language, and that reaches the browser (D20)."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from discussions.models import Draft, Post, Thread
from tests.cast import client_of
from tests.discussions.test_toolbar_in_browser import enter

MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
URLENCODED = "application/x-www-form-urlencoded"


def too_large() -> dict[str, Any]:
    return {"data": f"text={'x' * MOST}", "content_type": URLENCODED}


@pytest.mark.parametrize("as_form", ["urlencoded", "multipart", "fields"])
@pytest.mark.parametrize("strict", [False, True])
def test_more_than_the_server_reads_gets_a_page_in_words(
    bram: User, thread: Thread, as_form: str, strict: bool
) -> None:
    """D20. Not a bare 400, not an error of the server; nothing is half saved."""
    client = Client(enforce_csrf_checks=strict, raise_request_exception=False)
    client.force_login(bram)
    sent: dict[str, Any] = {
        "urlencoded": too_large(),
        "multipart": {"data": {"text": "x" * (MOST + 1)}},
        "fields": {"data": "&".join(f"f{n}=1" for n in range(1100)), "content_type": URLENCODED},
    }[as_form]
    for address in (reverse("discussions:reply", args=[thread.pk]), "/discussions/drafts/keep/"):
        answer = client.post(address, **sent)
        assert answer.status_code == 413
        assert "Dit is te veel ineens" in answer.content.decode() and "3 MB" in answer.content.decode()
        assert answer.headers["Cache-Control"] == "no-store"
    assert not Post.objects.filter(number=2).exists() and not Draft.objects.exists()


def test_in_english_for_who_reads_english(bram: User, thread: Thread) -> None:
    bram.preferences.language = "en"
    bram.preferences.save()
    answer = client_of(bram).post(reverse("discussions:reply", args=[thread.pk]), **too_large())
    assert "This is too much at once" in answer.content.decode()
    visitor = Client().post("/accounts/login/", headers={"accept-language": "en"}, **too_large())
    assert visitor.status_code == 413 and "This is too much at once" in visitor.content.decode()


def test_another_refusal_is_still_a_plain_one() -> None:
    answer = Client().get("/accounts/login/", headers={"host": "evil.invalid"})
    assert answer.status_code == 400 and "te veel ineens" not in answer.content.decode()


def test_a_megabyte_comes_back_in_its_form(bram: User, thread: Thread) -> None:
    """D20. Far over what a post may hold, and well within what the server reads: the text is kept, with why."""
    text = "canarisch ☂ " * 75_000
    assert len(text.encode()) > 1024 * 1024
    answer = client_of(bram).post(reverse("discussions:reply", args=[thread.pk]), {"text": text})
    assert answer.status_code == 200 and answer.context["form"]["text"].value() == text
    assert re.search(
        r"100.?000 is het meeste|hoogstens 100.?000|100.?000", " ".join(answer.context["form"].errors["__all__"])
    )


def test_the_page_reaches_the_browser_though_the_text_was_never_read(
    live_site: LiveServer, page_without_script: Page, bram: User, thread: Thread
) -> None:
    """D20. A server that hangs up in the middle of a text shows the writer a broken connection instead."""
    page = page_without_script
    enter(page, live_site, bram, thread.get_absolute_url())
    page.get_by_label("Jouw antwoord").fill("x" * (MOST * 2))
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.get_by_role("heading", name="Dit is te veel ineens")).to_be_visible()


def test_a_script_does_not_send_what_cannot_be_read(
    live_site: LiveServer, page: Page, bram: User, thread: Thread
) -> None:
    """D20. So the text stays where it is."""
    enter(page, live_site, bram, thread.get_absolute_url())
    page.get_by_label("Jouw antwoord").fill("x" * (MOST + 1))
    page.get_by_role("button", name="Plaats antwoord").click()
    expect(page.locator("[data-length]")).to_contain_text("tekens te veel")
    expect(page.get_by_label("Jouw antwoord")).to_be_focused()
    assert page.url.endswith(thread.get_absolute_url())


def test_the_script_knows_what_the_server_reads() -> None:
    script = finders.find("discussions/length.js")
    assert isinstance(script, str)
    [most] = re.findall(r"const READ = (\d+);", Path(script).read_text(encoding="utf-8"))
    assert 0.9 * MOST < int(most) < MOST - 50_000
