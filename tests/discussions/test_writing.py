"""What happens to a text on its way: a form that grew old keeps both texts, a wide table scrolls by itself."""

import pytest
from django.urls import reverse

from accounts.models import User
from discussions.actions import posts
from discussions.models import Post, Thread
from tests.cast import client_of
from tests.discussions.conftest import reply

TABLE = "| Stad | Spreekuren |\n| --- | --- |\n| Zwolle | 4 |"


def test_a_form_that_grew_old_shows_both_texts_and_then_saves(bram: User, thread: Thread) -> None:
    """D20, D4. Nothing is overwritten in silence, nothing is lost, and the writer can go on from there."""
    post = reply(bram, thread, "Eerst.")
    client, address = client_of(bram), reverse("discussions:post_edit", args=[post.pk])
    seen = client.get(address).context["form"]["seen"].value()
    posts.edit(by=bram, post=post, text="In het ene venster.")
    page = client.post(address, {"text": "In het andere venster.", "seen": seen})
    shown = page.content.decode()
    assert page.status_code == 200
    assert "In het ene venster." in shown and "In het andere venster." in shown and "Wat er nu staat" in shown
    assert Post.objects.get(pk=post.pk).source == "In het ene venster."
    again = client.post(address, {"text": "Samen.", "seen": page.context["form"]["seen"].value()})
    assert again.status_code == 302
    assert Post.objects.get(pk=post.pk).source == "Samen."


def test_a_form_that_grew_old_twice_is_refused_twice(bram: User, thread: Thread) -> None:
    """D20. What was seen counts, not how often was asked."""
    post = reply(bram, thread, "Eerst.")
    client, address = client_of(bram), reverse("discussions:post_edit", args=[post.pk])
    seen = client.get(address).context["form"]["seen"].value()
    for text in ("Tweede.", "Derde."):
        posts.edit(by=bram, post=post, text=text)
        page = client.post(address, {"text": "Mijn tekst.", "seen": seen})
        assert text in page.content.decode() and "Mijn tekst." in page.content.decode()
        seen = page.context["form"]["seen"].value()
    assert Post.objects.get(pk=post.pk).source == "Derde."


@pytest.mark.parametrize("where", ["page", "preview"])
def test_a_table_scrolls_by_itself_and_is_reached_by_keyboard(bram: User, thread: Thread, where: str) -> None:
    """D3, D19. In the thread and in a look at it beforehand."""
    client = client_of(bram)
    if where == "page":
        reply(bram, thread, TABLE)
        shown = client.get(thread.get_absolute_url()).content.decode()
    else:
        address = reverse("discussions:reply", args=[thread.pk])
        shown = client.post(address, {"text": TABLE, "preview": "1"}).content.decode()
    assert '<div class="scroll" role="group" aria-label="Tabel" tabindex="0"><table>' in shown
    assert "</table></div>" in shown


def test_what_looks_like_a_table_in_code_stays_as_it_was_written(bram: User, thread: Thread) -> None:
    """D3."""
    reply(bram, thread, "`<table>` en `</table>`")
    shown = client_of(bram).get(thread.get_absolute_url()).content.decode()
    assert "&lt;table&gt;" in shown and 'role="group"' not in shown
