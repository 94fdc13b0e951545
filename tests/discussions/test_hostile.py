"""Bad input: a clear word, the text kept, nothing half saved; and what is stored is harmless."""

import time
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from discussions.actions import posts, threads
from discussions.models import Mention, Post, Space, Thread
from tests.cast import client_of, first_name
from tests.discussions.conftest import reply


def test_a_text_beyond_100_000_characters_is_refused_and_kept(bram: User, thread: Thread) -> None:
    """D20. Just at the limit it is posted."""
    text = "Een zin. " * 111_112
    form = {"text": text, "form_key": uuid.uuid4()}
    page = client_of(bram).post(reverse("discussions:reply", args=[thread.pk]), form)
    assert page.status_code == 200
    assert "100000" in page.content.decode() and text.strip() in page.content.decode()
    assert Post.objects.filter(thread=thread).count() == 1
    assert len(reply(bram, thread, "x" * posts.LONGEST).source) == posts.LONGEST


def test_ten_thousand_nested_quotes_are_stored_within_bounds(bram: User, thread: Thread) -> None:
    """D20."""
    began = time.perf_counter()
    post = reply(bram, thread, ">" * 10_000 + " diep")
    assert time.perf_counter() - began < 5
    assert post.html.count("<blockquote>") <= 40
    assert client_of(bram).get(thread.get_absolute_url()).status_code == 200


def test_five_hundred_mentions_are_refused_in_words(bram: User, thread: Thread) -> None:
    """D20."""
    text = " ".join(f"@iemand-{number}" for number in range(500))
    with pytest.raises(ValidationError, match="500"):
        reply(bram, thread, text)
    assert not Mention.objects.exists()
    assert Post.objects.filter(thread=thread).count() == 1
    preview = client_of(bram).post(reverse("discussions:reply", args=[thread.pk]), {"text": text, "preview": "1"})
    assert "500" in preview.content.decode()


def test_invisible_signs_and_changes_of_direction_are_left_out(bram: User, space: Space) -> None:
    """D20. In texts and in titles."""
    thread = threads.open_thread(
        by=bram,
        name=first_name(bram),
        space=space,
        title="Een\u202egnp.exe\x07 titel",
        text="a\u202eb\x00c\u200bd\x1b",
    )
    post = Post.objects.get(thread=thread)
    assert post.source == "abcd"
    assert thread.title == "Een gnp.exe titel"


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b\u202e", "\x00\x01"])
def test_nothing_is_refused_as_nothing(bram: User, thread: Thread, text: str) -> None:
    """D20."""
    with pytest.raises(ValidationError):
        reply(bram, thread, text)
    assert Post.objects.filter(thread=thread).count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[klik](javascript:alert(1))",
        '<span class="mention" data-mention="bram" onclick="x">@bram</span>',
        '"><img src=x onerror=alert(1)>',
        "![foto](https://example.invalid/spion.png)",
        '[a](https://example.invalid/ "x" onmouseover=alert(1))',
        "**niet **dicht _en [half](",
    ],
)
def test_nothing_that_runs_or_phones_home_is_stored(bram: User, thread: Thread, text: str) -> None:
    """D20, S1."""
    post = reply(bram, thread, text)
    page = client_of(bram).get(thread.get_absolute_url()).content.decode()
    shown = page.partition(f'id="{post.anchor}"')[2].partition("</li>")[0]
    for bad in ("<script", "<img", 'href="javascript', '<span class="mention" data-mention="bram" onclick'):
        assert bad not in shown


def test_senseless_forms_say_what_is_missing(bram: User, space: Space, thread: Thread) -> None:
    """D20. Empty, with a foreign name, a broken key, a number that isn't there."""
    client = client_of(bram)
    address = reverse("discussions:reply", args=[thread.pk])
    assert client.post(address, {}).status_code == 200
    assert client.post(address, {"text": "x", "form_key": "geen-sleutel"}).status_code == 200
    assert client.get(address + "?to=999999999999999999", follow=True).status_code == 200
    assert client.get(address + "?to=77", follow=True).status_code == 404
    assert client.post("/discussions/zorg/new/", {"title": "\x00" * 3, "text": "x", "kind": "page"}).status_code == 200
    assert Post.objects.count() == 1


def test_too_many_or_too_long_topics_are_refused_at_their_field(bram: User, space: Space) -> None:
    """D20."""
    form = {"title": "T", "text": "x", "kind": "discussion", "topics": ",".join("abcdefghi")}
    page = client_of(bram).post("/discussions/zorg/new/", form)
    assert page.status_code == 200 and page.context["form"].errors["topics"]
    assert not Thread.objects.exists()
