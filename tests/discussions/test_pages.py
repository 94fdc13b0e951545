"""What a member meets: the list, a space, a thread in its readings, forms that keep their text."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import User
from discussions.actions import posts, threads
from discussions.models import Post, Reading, Space, Thread
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply


def words(response) -> str:
    return response.content.decode()


def test_a_member_finds_a_space_opens_a_thread_and_reads_it(bram: User, space: Space) -> None:
    """D1. From the list of spaces to a thread of one's own."""
    client = client_of(bram)
    assert "Zorg" in words(client.get("/discussions/"))
    assert "Wees mild" in words(client.get("/discussions/zorg/"))
    form = {
        "title": "Een vraag",
        "text": "Hoe *dan*?",
        "kind": "question",
        "topics": "HIV, zorg",
        "form_key": uuid.uuid4(),
    }
    arrived = client.post("/discussions/zorg/new/", form, follow=True)
    assert "Een vraag" in words(arrived) and "<em>dan</em>" in words(arrived)
    thread = Thread.objects.get(title="Een vraag")
    assert arrived.redirect_chain == [(f"/discussions/t/{thread.pk}/een-vraag/", 302)]
    assert {topic.name.lower() for topic in thread.topics.all()} == {"hiv", "zorg"}


def test_the_same_thread_form_sent_twice_opens_one_thread(bram: User, space: Space) -> None:
    """R1."""
    client = client_of(bram)
    form = {"title": "Dubbel", "text": "Tekst", "kind": "discussion", "form_key": uuid.uuid4()}
    first, second = client.post("/discussions/zorg/new/", form), client.post("/discussions/zorg/new/", form)
    assert first.url == second.url
    assert Thread.objects.filter(title="Dubbel").count() == 1


def test_an_old_or_missing_title_in_the_address_leads_to_the_thread(
    bram: User, thread: Thread, coordinator: User
) -> None:
    """D8. Old links arrive, with what they asked for."""
    client = client_of(bram)
    for path in (f"/discussions/t/{thread.pk}/", f"/discussions/t/{thread.pk}/oud/"):
        response = client.get(path + "?view=time")
        assert (response.status_code, response.url) == (301, thread.get_absolute_url() + "?view=time")
    threads.rename(by=coordinator, thread=thread, title="Nieuwe naam", reason="Daarom.")
    response = client.get(thread.get_absolute_url(), follow=True)
    assert "Nieuwe naam" in words(response) and "Prikken op locatie" not in words(response)


def test_depth_and_parent_are_said_in_words(anna: User, bram: User, cas: User, thread: Thread) -> None:
    """D2. A screen reader hears at which level and to whom."""
    first = reply(bram, thread, "Ja.")
    reply(cas, thread, "Hoe?", parent=first)
    anna_reads = words(client_of(anna).get(thread.get_absolute_url()))
    assert "niveau 2 aan Bram" in anna_reads or "level 2 to Bram" in anna_reads


def test_a_link_to_a_post_opens_the_page_that_holds_it(anna: User, bram: User, thread: Thread) -> None:
    """D2. In the tree and by time, which put it on different pages."""
    early = reply(bram, thread, "Vroeg.")
    for number in range(55):
        reply(bram, thread, f"Antwoord {number}.")
    late = reply(anna, thread, "Laat, maar hoog in de boom.", parent=early)
    client = client_of(bram)
    tree = client.get(late.get_absolute_url())
    assert tree.url == f"{thread.get_absolute_url()}#{late.anchor}"
    client.get(thread.get_absolute_url() + "?view=time")
    by_time = client.get(late.get_absolute_url())
    assert by_time.url == f"{thread.get_absolute_url()}?page=2#{late.anchor}"
    assert f'id="{late.anchor}"' in words(client.get(by_time.url.partition("#")[0]))


def test_a_reply_is_posted_from_the_page_and_the_reader_lands_on_it(bram: User, thread: Thread) -> None:
    client = client_of(bram)
    form = {"text": "Ik heb dat gedaan.", "form_key": uuid.uuid4()}
    response = client.post(reverse("discussions:reply", args=[thread.pk]), form, follow=True)
    assert "Ik heb dat gedaan." in words(response)
    again = client.post(reverse("discussions:reply", args=[thread.pk]), form)
    assert again.status_code == 302
    assert Post.objects.filter(thread=thread).count() == 2


def test_a_quote_names_nobody_and_links_to_its_post(bram: User, thread: Thread) -> None:
    """D3."""
    page = words(client_of(bram).get(reverse("discussions:reply", args=[thread.pk]) + "?to=1&quote=1"))
    assert "&gt; Wie heeft **ervaring**?" in page
    assert opening_of(thread).get_absolute_url() in page


def test_a_look_first_shows_the_text_and_posts_nothing(bram: User, thread: Thread) -> None:
    """D3. Without script."""
    form = {"text": "Dit is **vet**.", "preview": "1", "form_key": uuid.uuid4()}
    page = words(client_of(bram).post(reverse("discussions:reply", args=[thread.pk]), form))
    assert "<strong>vet</strong>" in page and "Dit is **vet**." in page
    assert Post.objects.filter(thread=thread).count() == 1


def test_a_refused_reply_keeps_its_text(bram: User, coordinator: User, thread: Thread) -> None:
    """D4, D20. A thread that was closed while somebody wrote."""
    threads.lock(by=coordinator, thread=thread, reason="Beantwoord.")
    form = {"text": "Twee uur aan geschreven.", "form_key": uuid.uuid4()}
    page = words(client_of(bram).post(reverse("discussions:reply", args=[thread.pk]), form))
    assert "Twee uur aan geschreven." in page
    assert Post.objects.filter(thread=thread).count() == 1
    assert "Beantwoord." in words(client_of(bram).get(thread.get_absolute_url()))


def test_an_edit_in_two_windows_overwrites_nothing_in_silence(anna: User, thread: Thread) -> None:
    """D4."""
    client, post = client_of(anna), opening_of(thread)
    seen = posts.fingerprint(post)
    posts.edit(by=anna, post=post, text="Uit het andere venster.")
    page = words(
        client.post(reverse("discussions:post_edit", args=[post.pk]), {"text": "Uit dit venster.", "seen": seen})
    )
    assert "Uit dit venster." in page
    post.refresh_from_db()
    assert post.source == "Uit het andere venster."


def test_deleting_asks_first_and_leaves_a_stub_that_can_be_undone(anna: User, bram: User, thread: Thread) -> None:
    """D7."""
    post = reply(bram, thread, "Dit wil ik kwijt.")
    reply(anna, thread, "Antwoord daarop.", parent=post)
    client = client_of(bram)
    address = reverse("discussions:post_delete", args=[post.pk])
    assert "Dit wil ik kwijt." in words(client.get(address))
    assert "Dit wil ik kwijt." not in words(client.post(address, follow=True))
    page = words(client_of(anna).get(thread.get_absolute_url()))
    assert "Dit wil ik kwijt." not in page and "Antwoord daarop." in page
    client.post(reverse("discussions:post_restore", args=[post.pk]))
    assert "Dit wil ik kwijt." in words(client_of(anna).get(thread.get_absolute_url()))


def test_what_changed_can_be_read(anna: User, bram: User, thread: Thread) -> None:
    """D6."""
    post = opening_of(thread)
    later = post.posted_at + posts.GRACE * 2
    posts.edit(by=anna, post=post, text="Wie heeft kennis?", at=later)
    page = words(client_of(bram).get(reverse("discussions:post_history", args=[post.pk])))
    assert "<del>**ervaring**?</del>" in page and "<ins>kennis?</ins>" in page


def test_a_mention_is_a_link_and_an_unknown_one_stays_text(anna: User, bram: User, thread: Thread) -> None:
    """D3."""
    reply(bram, thread, "Vraag @anna of @niemand-zo.")
    page = words(client_of(bram).get(thread.get_absolute_url()))
    assert f'<a class="mention" href="{first_name(anna).get_absolute_url()}">@Anna</a>' in page
    assert "@niemand-zo" in page and "data-mention" not in page


def test_where_we_stand_heads_the_page_with_its_author(anna: User, bram: User, thread: Thread) -> None:
    """D9."""
    address = reverse("discussions:stand_edit", args=[thread.pk])
    client_of(bram).post(address, {"text": "We zijn het **eens**.", "form_key": uuid.uuid4()})
    page = words(client_of(anna).get(thread.get_absolute_url()))
    assert "We zijn het <strong>eens</strong>." in page and "Bram" in page


def test_a_coordinator_moves_renames_pins_and_closes(coordinator: User, anna: User, thread: Thread) -> None:
    """D8."""
    client = client_of(coordinator)
    for act in ("lock", "pin"):
        assert client.get(f"/discussions/threads/{thread.pk}/{act}/").status_code == 200
        client.post(f"/discussions/threads/{thread.pk}/{act}/", {"reason": "Zomaar", "grounds": "tidy"})
    client.post(
        f"/discussions/threads/{thread.pk}/rename/", {"title": "Anders"} | {"reason": "Zo.", "grounds": "tidy"}
    )
    thread.refresh_from_db()
    assert (thread.is_locked, thread.is_pinned, thread.title) == (True, True, "Anders")
    for act in ("lock", "rename", "move", "remove"):
        assert client_of(anna).get(f"/discussions/threads/{thread.pk}/{act}/", follow=True).status_code == 404


def test_a_thread_never_moves_to_readers_it_was_not_written_for(
    anna: User, kerngroep, coordinator: User, circle_thread: Thread, space: Space
) -> None:
    """D8."""
    from accounts.actions import circles

    circles.add(by=None, circle=kerngroep, user=coordinator)
    page = client_of(coordinator).post(f"/discussions/threads/{circle_thread.pk}/move/", {"space": space.pk})
    assert page.status_code == 200
    circle_thread.refresh_from_db()
    assert circle_thread.space_id != space.pk


def test_the_name_spoken_with_before_is_proposed_again(bram: User, thread: Thread) -> None:
    """P7. Nobody gives a pseudonym away because a form proposed the other name."""
    from experts.actions import names

    cloud = names.create(by=bram, holder=bram, display_name="Wolk")
    posts.reply(by=bram, name=cloud, thread=thread, text="Onder mijn andere naam.")
    page = words(client_of(bram).get(thread.get_absolute_url()))
    assert f'<option value="{cloud.key}" selected>' in page


def test_opening_a_page_marks_just_the_posts_on_it(anna: User, bram: User, thread: Thread) -> None:
    """D5. Page 3 doesn't mark page 2; the marks are still shown when the page is opened."""
    for number in range(120):
        reply(anna, thread, f"Antwoord {number}.")
    client = client_of(bram)
    first_time = words(client.get(thread.get_absolute_url() + "?page=3&view=time"))
    assert first_time.count('class="fresh"') == 21
    read = Reading.objects.get(user=bram, thread=thread).read
    assert [(part.lower, part.upper) for part in read] == [(101, 122)]
    assert 'class="fresh"' not in words(client.get(thread.get_absolute_url() + "?page=3"))
    jump = client.get(reverse("discussions:first_new", args=[thread.pk]))
    assert jump.url.endswith(f"?page=1#{opening_of(thread).anchor}")


def test_only_new_shows_what_is_unread_and_nothing_else(anna: User, bram: User, thread: Thread) -> None:
    """D2, D5."""
    client = client_of(bram)
    client.get(thread.get_absolute_url())
    reply(anna, thread, "Vers.")
    page = words(client.get(thread.get_absolute_url() + "?view=new"))
    assert "Vers." in page and "Wie heeft" not in page
    empty = client.get(thread.get_absolute_url() + "?view=new")
    assert "Vers." not in words(empty) and empty.status_code == 200


def test_a_prefetch_marks_nothing(anna: User, bram: User, thread: Thread) -> None:
    """D5."""
    client_of(bram).get(thread.get_absolute_url(), headers={"Sec-Purpose": "prefetch"})
    assert not Reading.objects.filter(user=bram).exists()


def test_everything_counts_as_read_when_asked(anna: User, bram: User, space: Space, thread: Thread) -> None:
    """D5."""
    other = open_thread(anna, space, "Nog een", "Tekst.")
    client = client_of(bram)
    client.post(reverse("discussions:space_read", args=["zorg"]))
    unread = Thread.objects.visible_to(bram).with_unread(bram).values_list("unread", flat=True)
    assert list(unread) == [0, 0]
    reply(anna, other, "Weer wat.")
    assert "Nog een" in words(client.get("/discussions/zorg/?unread=1"))
    assert "Prikken" not in words(client.get("/discussions/zorg/?unread=1"))
    client.post(reverse("discussions:thread_read", args=[other.pk]))
    assert Thread.objects.visible_to(bram).with_news(bram).count() == 0


@pytest.mark.parametrize("query", ["page=0", "page=99999", "page=x", "view=quatsch", "to=9" * 3])
def test_a_senseless_address_still_gives_a_page(bram: User, thread: Thread, query: str) -> None:
    """D20."""
    assert client_of(bram).get(f"{thread.get_absolute_url()}?{query}").status_code == 200
