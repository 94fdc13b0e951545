"""What the actions promise, whoever calls them: page, mail or demo."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from discussions import signals
from discussions.actions import posts, purging, threads
from discussions.models import Decision, Mention, Post, Reading, Revision, Space, Thread
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply


@pytest.fixture
def heard():
    """What is announced, in order: the name of the signal and its arguments."""
    found: list[tuple[str, dict]] = []

    def listener(name: str):
        def hear(sender, **said):
            found.append((name, said))

        return hear

    listeners = []
    for name in ("thread_opened", "post_published", "post_edited", "post_deleted", "post_restored", "thread_moved"):
        listeners.append((getattr(signals, name), listener(name)))
        listeners[-1][0].connect(listeners[-1][1], weak=False)
    yield found
    for signal, hear in listeners:
        signal.disconnect(hear)


def test_a_thread_begins_with_its_opening_post(anna: User, space: Space, heard: list) -> None:
    thread = open_thread(anna, space, "  Een   titel\n", "Tekst.", topics=["HIV", " hiv ", "Zorg"])
    post = opening_of(thread)
    assert (thread.title, post.number, post.depth, bytes(post.path)) == ("Een titel", 1, 0, b"")
    assert (thread.last_number, thread.post_count) == (1, 1)
    assert [name for name, _said in heard] == ["thread_opened"]
    assert heard[0][1]["post"] == post and heard[0][1]["is_history"] is False


def test_topics_are_one_vocabulary_whatever_the_capitals(anna: User, space: Space) -> None:
    """D11."""
    first = open_thread(anna, space, "Een", "Tekst.", topics=["HIV"])
    second = open_thread(anna, space, "Twee", "Tekst.", topics=[" hiv ", "Hiv"])
    assert list(first.topics.all()) == list(second.topics.all())


def test_a_reply_counts_and_is_read_by_its_author(anna: User, bram: User, thread: Thread, heard: list) -> None:
    """D5."""
    heard.clear()
    at = timezone.now() + timedelta(minutes=1)
    post = reply(bram, thread, "Ja.", at=at)
    thread.refresh_from_db()
    assert (post.number, post.parent_id, post.depth) == (2, opening_of(thread).pk, 1)
    assert (thread.last_number, thread.post_count, thread.last_post_at) == (2, 2, at)
    assert 2 in Reading.objects.get(user=bram, thread=thread).read[0]
    assert heard == [
        ("post_published", {"signal": signals.post_published, "post": post, "by": bram, "is_history": False})
    ]


def test_a_form_sent_twice_gives_one_post(bram: User, thread: Thread, heard: list) -> None:
    """R1."""
    key = uuid.uuid4()
    assert reply(bram, thread, form_key=key) == reply(bram, thread, form_key=key)
    assert Post.objects.filter(thread=thread).count() == 2
    assert [name for name, _said in heard].count("post_published") == 1


def test_only_those_who_see_the_thread_are_mentioned(
    anna: User, bram: User, cas: User, thread: Thread, circle_thread: Thread, suspended: User
) -> None:
    """D3. A stranger to the circle isn't called into it, and nobody learns that a thread exists."""
    reply(anna, thread, "@bram @cas @sep @niemand")
    reply(anna, circle_thread, "@bram @cas")
    called = Mention.objects.values_list("post__thread", "name__display_name")
    assert set(called) == {(thread.pk, "Bram"), (thread.pk, "Cas"), (circle_thread.pk, "Bram")}


def test_an_edit_after_the_grace_keeps_what_stood_there(anna: User, bram: User, thread: Thread, heard: list) -> None:
    """D6. New mentions are announced; a removed one is gone for everybody at once, from the earlier texts too."""
    post = reply(anna, thread, "Vraag het @bram.")
    at = post.posted_at + timedelta(minutes=6)
    posts.edit(by=anna, post=post, text="Vraag het @cas of @bram.", at=at)
    assert heard[-1][1]["newly_mentioned"] == []
    posts.edit(by=anna, post=post, text="Laat maar.", at=at + timedelta(minutes=6))
    assert not Mention.objects.filter(post=post).exists()
    post.refresh_from_db()
    assert post.source == "Laat maar." and post.edited_at == at + timedelta(minutes=6)
    kept = [revision.source for revision in Revision.objects.visible_to(bram).of(post)]
    assert kept == ["Vraag het […] of […].", "Vraag het […]."]
    page = client_of(bram).get(f"/discussions/posts/{post.pk}/history/").content.decode()
    body = page[page.index("<main") : page.index("</main")]
    assert not [name for name in ("bram", "cas") if name in body.lower()], body


def test_who_is_mentioned_anew_is_announced(anna: User, cas: User, thread: Thread, heard: list) -> None:
    """D6."""
    post = reply(anna, thread, "Iemand?")
    posts.edit(by=anna, post=post, text="Iemand? @cas misschien.")
    assert heard[-1][1]["newly_mentioned"] == [first_name(cas)]


def test_five_minutes_of_grace_leave_no_mark(anna: User, thread: Thread) -> None:
    """D6."""
    post = reply(anna, thread, "Tikfuot.")
    posts.edit(by=anna, post=post, text="Tikfout.", at=post.posted_at + timedelta(minutes=4))
    post.refresh_from_db()
    assert post.edited_at is None and not Revision.objects.exists()


def test_deleting_empties_the_row_and_keeps_the_place(anna: User, bram: User, thread: Thread, heard: list) -> None:
    """D7."""
    post = reply(bram, thread, "Weg ermee, @anna.")
    child = reply(anna, thread, "Waarom?", parent=post)
    posts.delete(by=bram, post=post)
    post.refresh_from_db()
    thread.refresh_from_db()
    assert (post.source, post.html, post.plain) == ("", "", "")
    assert (thread.post_count, thread.last_number) == (2, 3)
    assert not Mention.objects.filter(post=post).exists()
    assert not Revision.objects.visible_to(anna).exists()
    assert [p.number for p in Post.objects.of(thread).in_tree()] == [1, 2, 3] and child.parent_id == post.pk
    posts.restore(by=bram, post=post)
    post.refresh_from_db()
    thread.refresh_from_db()
    assert post.source == "Weg ermee, @anna." and thread.post_count == 3
    assert Mention.objects.filter(post=post).count() == 1
    assert [name for name, _said in heard][-2:] == ["post_deleted", "post_restored"]


def test_after_thirty_days_the_text_is_really_gone(anna: User, bram: User, thread: Thread) -> None:
    """D7. Its earlier versions too; running it twice is harmless."""
    post = reply(bram, thread, "Eerst.")
    now = post.posted_at
    posts.edit(by=bram, post=post, text="Toen.", at=now + timedelta(hours=1))
    posts.delete(by=bram, post=post, at=now + timedelta(hours=2))
    assert purging.purge(now=now + timedelta(days=30)) == 0
    with pytest.raises(PermissionDenied):
        posts.restore(by=bram, post=post, at=now + timedelta(days=31))
    assert purging.purge(now=now + timedelta(days=31)) == 2
    assert purging.purge(now=now + timedelta(days=31)) == 0
    assert not Revision.objects.exists()


def test_what_a_coordinator_removed_the_author_does_not_bring_back(
    bram: User, coordinator: User, thread: Thread
) -> None:
    """D7, D13. The reason stands with the thread."""
    post = reply(bram, thread, "Schelden.")
    posts.delete(by=coordinator, post=post, reason="Huisregel 1")
    with pytest.raises(PermissionDenied):
        posts.restore(by=bram, post=post)
    assert Decision.objects.visible_to(bram).get(thread=thread).reason == "Huisregel 1"
    posts.restore(by=coordinator, post=post)
    post.refresh_from_db()
    assert post.source == "Schelden."


def test_nobody_writes_under_a_name_of_somebody_else(anna: User, bram: User, thread: Thread, space: Space) -> None:
    """P7."""
    with pytest.raises(PermissionDenied):
        posts.reply(by=bram, name=first_name(anna), thread=thread, text="Ik ben Anna.")
    with pytest.raises(PermissionDenied):
        threads.open_thread(by=bram, name=first_name(anna), space=space, title="Anna", text="Tekst.")
    with pytest.raises(PermissionDenied):
        posts.edit(by=bram, post=opening_of(thread), text="Anders.")
    with pytest.raises(PermissionDenied):
        posts.delete(by=bram, post=opening_of(thread))


def test_a_reply_to_a_locked_deleted_or_foreign_post_is_refused_in_words(
    anna: User, bram: User, coordinator: User, space: Space, thread: Thread
) -> None:
    """D20. Nothing is half saved."""
    other = open_thread(anna, space, "Ander gesprek", "Tekst.")
    gone = reply(anna, thread, "Weg.")
    posts.delete(by=anna, post=gone)
    for parent in (opening_of(other), gone):
        with pytest.raises(ValidationError) as refusal:
            reply(bram, thread, parent=parent)
        assert refusal.value.messages[0]
    threads.lock(by=coordinator, thread=thread, reason="Daarom.")
    with pytest.raises(PermissionDenied, match=r"gesloten|closed"):
        reply(bram, thread)
    with pytest.raises(PermissionDenied):
        posts.edit(by=anna, post=opening_of(thread), text="Toch nog.")
    thread.refresh_from_db()
    assert (thread.last_number, Post.objects.filter(thread=thread).count()) == (2, 2)
    threads.unlock(by=coordinator, thread=thread, reason="Daarom.")
    assert reply(bram, thread).number == 3


def test_only_coordinators_coordinate(anna: User, thread: Thread, space: Space) -> None:
    """D8."""
    for act in (threads.lock, threads.unlock, threads.pin, threads.unpin, threads.remove, threads.restore):
        with pytest.raises(PermissionDenied):
            act(by=anna, thread=thread, reason="Daarom.")
    with pytest.raises(PermissionDenied):
        threads.rename(by=anna, thread=thread, title="Van mij", reason="Daarom.")
    with pytest.raises(PermissionDenied):
        threads.move(by=anna, thread=thread, space=space, reason="Daarom.")


def test_a_move_keeps_what_was_read_and_tells_where_it_came_from(
    anna: User, coordinator: User, circle_space: Space, kerngroep, thread: Thread, space: Space, heard: list
) -> None:
    """D8. A move to a circle shuts out whoever isn't in it, and nobody's reading breaks."""
    from accounts.actions import circles

    circles.add(by=None, circle=kerngroep, user=coordinator)
    moved = threads.move(by=coordinator, thread=thread, space=circle_space, reason="Te gevoelig")
    assert heard[-1][0] == "thread_moved" and heard[-1][1]["from_space"] == space
    assert Thread.objects.visible_to(anna).with_unread(anna).get(pk=moved.pk).unread == 0
    assert not Thread.objects.visible_to(coordinator).exclude(pk=moved.pk).exists()
