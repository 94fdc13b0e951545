"""The index follows a split and a merge, in the same transaction (Q4, D8)."""

import pytest

from discussions.actions import tidying
from search.actions.rebuilding import rebuild
from search.models import Entry, Kind
from tests.discussions.conftest import open_thread, opening_of, reply, space, thread  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


def kept() -> set[tuple]:
    return set(Entry.objects.values_list("kind", "object_id", "title", "body", "thread", "language", "url"))


def test_the_index_is_as_if_it_had_been_built_anew(anna, bram, coordinator, thread) -> None:  # noqa: F811
    """Q4. After a split, after a merge, with a deleted post among them: what a rebuild would make."""
    from discussions.actions import posts

    first, second, third = (reply(bram, thread, f"woord {number}") for number in range(3))
    reply(anna, thread, "onder", parent=first)
    posts.delete(by=bram, post=second)
    new = tidying.split(
        by=coordinator, thread=thread, trees=[first.pk, second.pk], title="Losgemaakt", reason="Bijeen."
    )
    assert Entry.objects.get(kind=Kind.THREAD, object_id=new.pk).body == "woord 0"
    after = kept()
    rebuild()
    assert kept() == after
    opening = opening_of(new)
    tidying.merge(by=coordinator, thread=new, into=thread, reason="Bijeen.")
    after = kept()
    assert not Entry.objects.filter(kind=Kind.THREAD, object_id=new.pk).exists()
    assert Entry.objects.get(kind=Kind.POST, object_id=opening.pk).thread == thread
    rebuild()
    assert kept() == after and third.pk


def test_the_old_title_finds_nothing(anna, coordinator, thread, space, client) -> None:  # noqa: F811
    """D8, Q3."""
    other = open_thread(anna, space, "Kanarielied", "Begin met zingen.")
    client.force_login(anna)
    assert "Kanarielied" in client.get("/search/?q=kanarielied").text
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    assert f"/discussions/t/{other.pk}/" not in client.get("/search/?q=kanarielied").text
    assert opening_of(thread).thread.title in client.get("/search/?q=zingen").text
