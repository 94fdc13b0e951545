"""Splitting and merging: what was written comes to stand in another thread, and nothing of it is lost."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.actions import circles
from accounts.models import User
from discussions import bulk
from discussions.actions import answers, drafts, polls, posts, reactions, reading, threads, tidying
from discussions.models import Bookmark, Decision, Draft, Post, Reaction, Space, StandRevision, Thread, ThreadAlias
from discussions.models.decision import Act
from discussions.models.draft import Kind as DraftKind
from discussions.models.draft import Place
from discussions.models.thread import Kind
from tests.cast import client_of, first_name
from tests.discussions.conftest import open_thread, opening_of, reply
from tests.discussions.test_unread import unread_of

pytestmark = pytest.mark.django_db


def shape(thread: Thread) -> list[tuple[str, int, int]]:
    """Text, number and depth of each post, read as a tree."""
    return [(post.plain, post.number, post.depth) for post in Post.objects.of(thread).in_tree()]


def test_a_subtree_becomes_a_thread_of_its_own(coordinator: User, thread: Thread, talk: dict[str, Post]) -> None:
    """D8. With one tick: b and all that stands under it; numbers are dense in both."""
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Iets anders.")
    assert shape(new) == [("b", 1, 0), ("c", 2, 1), ("d", 3, 2), ("f", 4, 1)]
    assert shape(thread) == [("Wie heeft ervaring?", 1, 0), ("a", 2, 1), ("e", 3, 1)]
    thread.refresh_from_db()
    assert (thread.last_number, thread.post_count) == (3, 3)
    assert (new.last_number, new.post_count, new.title, new.space) == (4, 4, "Over b", thread.space)
    assert new.author == talk["b"].author and new.opened_at == talk["b"].posted_at
    assert new.last_post_at == talk["f"].posted_at and thread.last_post_at == talk["e"].posted_at
    noted = Decision.objects.filter(act=Act.SPLIT).values_list("thread", "other", "post", "reason")
    assert set(noted) == {(thread.pk, new.pk, post, "Iets anders.") for post in (None, talk["b"].pk)}


def test_who_answered_what_went_answers_the_nearest_that_stayed(
    coordinator: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D8. A parent never stands in another thread, where its reader might not be let in."""
    new = tidying.split(
        by=coordinator, thread=thread, posts=[talk["b"].pk, talk["d"].pk, talk["e"].pk], title="Los", reason="Bijeen."
    )
    assert shape(new) == [("b", 1, 0), ("d", 2, 1), ("e", 3, 1)]
    assert shape(thread)[1:] == [("a", 2, 1), ("c", 3, 2), ("f", 4, 2)]
    for post in Post.objects.exclude(parent=None).select_related("parent"):
        assert post.thread_id == post.parent.thread_id


def test_after_a_split_both_threads_go_on(
    coordinator: User, anna: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D8. The next reply gets the next number and a place after those that are there."""
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    talk["c"].refresh_from_db()
    reply(anna, new, "g", parent=talk["c"])
    reply(anna, new, "h")
    reply(anna, thread, "i")
    assert shape(new) == [("b", 1, 0), ("c", 2, 1), ("d", 3, 2), ("g", 5, 2), ("f", 4, 1), ("h", 6, 1)]
    assert shape(thread)[-1] == ("i", 4, 1)


def test_merging_reads_in_the_order_of_moments(anna: User, bram: User, coordinator: User, space: Space) -> None:
    """D8. As if everything had been written there."""
    moments = iter(timezone.now() - timezone.timedelta(days=1) + timezone.timedelta(hours=n) for n in range(9))
    one = open_thread(anna, space, "Een", "1", at=next(moments))
    two = open_thread(anna, space, "Twee", "2", at=next(moments))
    for thread, word in ((one, "1a"), (two, "2a"), (one, "1b"), (two, "2b")):
        reply(bram, thread, word, at=next(moments))
    merged = tidying.merge(by=coordinator, thread=two, into=one, reason="Bijeen.")
    assert [post.plain for post in Post.objects.of(merged).in_time()] == ["1", "2", "1a", "2a", "1b", "2b"]
    assert shape(merged) == [("1", 1, 0), ("2", 2, 1), ("2a", 4, 2), ("2b", 6, 2), ("1a", 3, 1), ("1b", 5, 1)]
    assert (merged.last_number, merged.post_count) == (6, 6)
    two.refresh_from_db()
    assert (two.title, two.last_number, two.post_count) == ("", 0, 0) and two.removed_at is not None
    assert not Thread.objects.visible_to(coordinator).filter(pk=two.pk).exists()
    assert Decision.objects.get(act=Act.MERGE, post=None).thread == one


def test_merging_back_undoes_a_split(coordinator: User, thread: Thread, talk: dict[str, Post]) -> None:
    """D8. What was split off stands in its order again, under the opening."""
    before = [post.plain for post in Post.objects.of(thread).in_time()]
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["a"].pk], title="Over a", reason="Bijeen.")
    merged = tidying.merge(by=coordinator, thread=new, into=thread, reason="Bijeen.")
    assert [post.plain for post in Post.objects.of(merged).in_time()] == before
    assert [depth for _text, _number, depth in shape(merged)] == [0, 1, 2, 3, 4, 3, 1]


def test_what_hangs_on_a_post_comes_along(
    coordinator: User, anna: User, bram: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D8, D9. Reactions and what is kept; an answer that went is no answer any more."""
    Thread.objects.filter(pk=thread.pk).update(kind=Kind.QUESTION)
    reactions.toggle(by=anna, name=first_name(anna), post=talk["c"], kind="thanks")
    reactions.keep(by=anna, post=talk["c"], note="Mooi")
    answers.choose(by=anna, post=talk["c"])
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    thread.refresh_from_db()
    assert thread.answer is None
    assert Reaction.objects.get().post.thread == new and Bookmark.objects.get().post.thread == new


def test_what_hangs_on_a_thread_comes_along(coordinator: User, anna: User, bram: User, space: Space) -> None:
    """D8, D9. A summary of one half becomes an earlier one of the whole; polls and topics stand there too."""
    one = open_thread(anna, space, "Een", "1", topics=["zorg", "hiv"])
    two = open_thread(anna, space, "Twee", "2", topics=["HIV", "recht"])
    threads.set_stand(by=bram, name=first_name(bram), thread=two, text="Halverwege.")
    poll = polls.open_poll(
        by=bram, name=first_name(bram), thread=two, question="Wat?", options=["a", "b"],
        closes_at=timezone.now() + timezone.timedelta(days=2),
    )  # fmt: skip
    merged = tidying.merge(by=coordinator, thread=two, into=one, reason="Bijeen.")
    poll.refresh_from_db()
    assert poll.thread == merged
    assert StandRevision.objects.get(thread=merged).source == "Halverwege."
    assert sorted(merged.topics.names()) == ["hiv", "recht", "zorg"] and merged.stand_html == ""


def test_what_was_being_written_comes_along(
    coordinator: User, anna: User, bram: User, cas: User, thread: Thread, space: Space, talk: dict[str, Post]
) -> None:
    """D4, D8. A reply that was begun stands with the post it answers, a summary with the whole; of two stays the one
    that was written there."""
    other = open_thread(anna, space, "Een andere", "Twee.")
    for who, place in (
        (cas, Place(DraftKind.REPLY, talk["c"].pk)),
        (cas, Place(DraftKind.STAND, other.pk)),
        (bram, Place(DraftKind.STAND, other.pk)),
        (bram, Place(DraftKind.STAND, thread.pk)),
    ):
        drafts.keep(by=who, place=place, text=f"Bij {place.pk}", filled={})
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    assert Draft.objects.visible_to(cas).get(kind=DraftKind.REPLY).post.thread == new
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    assert Draft.objects.visible_to(cas).get(kind=DraftKind.STAND).thread == thread
    assert Draft.objects.visible_to(bram).get(thread=thread).text == f"Bij {thread.pk}"
    assert Draft.objects.count() == 4


def test_unread_stays_exact_for_readers_at_different_places(
    coordinator: User, anna: User, bram: User, cas: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D5, D8. Who had read c still has, and who hadn't, hasn't."""
    reading.mark_read(by=anna, thread=thread, numbers=[2, 4, 6])  # a, c, e
    reading.mark_read(by=cas, thread=thread, numbers=[1, 3])  # the opening, b
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    thread.refresh_from_db()
    assert (unread_of(anna, thread), unread_of(anna, new)) == (0, 3)
    assert (unread_of(bram, thread), unread_of(bram, new)) == (1, 0)  # bram wrote all but the opening
    assert (unread_of(cas, thread), unread_of(cas, new)) == (2, 3)
    merged = tidying.merge(by=coordinator, thread=new, into=thread, reason="Bijeen.")
    assert [unread_of(user, merged) for user in (anna, bram, cas)] == [3, 1, 5]


def test_numbers_read_before_a_split_are_not_marked_after_it(
    coordinator: User, cas: User, thread: Thread, talk: dict[str, Post]
) -> None:
    """D5. A page that was shown meanwhile knows other numbers: rather unread than wrongly read."""
    shown = Thread.objects.get(pk=thread.pk)
    tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    assert reading.mark_read(by=cas, thread=shown, numbers=[2]) is False
    assert unread_of(cas, thread) == 3


def test_old_addresses_arrive(coordinator: User, bram: User, thread: Thread, space: Space, anna: User) -> None:
    """D8. Of the thread in all its spellings, of its pages, of its posts; also after a second merge."""
    other, third = open_thread(anna, space, "Een andere", "Twee."), open_thread(anna, space, "Derde", "Drie.")
    post, opening = reply(bram, other), opening_of(other)
    old = other.get_absolute_url()
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    client = client_of(bram)
    for into in (thread, third):
        if into == third:
            tidying.merge(by=coordinator, thread=thread, into=third, reason="Bijeen.")
        for address in (
            old,
            f"/discussions/t/{other.pk}/",
            f"{old}?page=3&view=time",
            f"{old}?page=0",
            f"{old}?page=x&post=x",
            f"{old}?post=999999999",
            f"/discussions/t/{other.pk}/x/",
        ):
            answer = client.get(address)
            assert answer.status_code == 302 and answer.url == opening.get_absolute_url(), address
        for one in (opening, post):
            assert client.get(one.get_absolute_url()).url.startswith(into.get_absolute_url())
        first = client.get(reverse("discussions:first_new", args=[other.pk]), follow=True)
        assert first.status_code == 200 and first.context["thread"] == into


def test_the_pages_of_a_merged_discussion_arrive_at_what_stood_there(
    coordinator: User, anna: User, bram: User, thread: Thread, space: Space
) -> None:
    """D2, D8. In the reading that the reader had; and where the address names a post, at that one."""
    other = open_thread(anna, space, "Een andere", "Twee.")
    bulk.fill(other, [first_name(anna)], 110, at=timezone.now(), shape=bulk.wide)
    late = reply(bram, other, "Laat, maar hoog in de boom.", parent=Post.objects.get(thread=other, number=2))
    by_time, in_tree = (list(order.values_list("pk", flat=True)) for order in
                        (Post.objects.of(other).in_time(), Post.objects.of(other).in_tree()))  # fmt: skip
    old, client = other.get_absolute_url(), client_of(anna)
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    for address, pk in (
        (f"{old}?page=2", in_tree[50]),
        (f"{old}?page=3&view=tree", in_tree[100]),
        (f"{old}?page=3&view=time", by_time[100]),
        (f"{old}?page=2", by_time[50]),  # as this reader read last
        (f"{old}?page=2&post={late.pk}", late.pk),
    ):
        assert client.get(address).url == f"/discussions/posts/{pk}/", address
    assert in_tree[50] != by_time[50]


def test_a_page_that_named_a_post_which_is_not_for_this_reader_any_more_arrives_at_the_opening(
    coordinator: User, anna: User, cas: User, kerngroep, thread: Thread, space: Space, circle_space: Space
) -> None:
    """D1, D8."""
    other = open_thread(anna, space, "Een andere", "Twee.")
    bulk.fill(other, [first_name(anna)], 60, at=timezone.now(), shape=bulk.wide)
    later = Post.objects.get(thread=other, number=51)
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    circles.add(by=None, circle=kerngroep, user=coordinator)
    tidying.split(by=coordinator, thread=thread, posts=[later.pk], title="Los", space=circle_space, reason="Bijeen.")
    address = f"/discussions/t/{other.pk}/?page=2&view=time"
    assert client_of(cas).get(address).url == opening_of_alias(other).get_absolute_url()
    assert client_of(anna).get(address).url == later.get_absolute_url()


def opening_of_alias(gone: Thread) -> Post:
    return ThreadAlias.objects.get(thread=gone).post


def test_a_page_of_a_split_discussion_that_it_no_longer_has_is_its_last(
    coordinator: User, anna: User, bram: User, thread: Thread
) -> None:
    """D8."""
    bulk.fill(thread, [first_name(anna)], 110, at=timezone.now(), shape=bulk.wide)
    posts = Post.objects.filter(thread=thread, number__gt=60).values_list("pk", flat=True)
    tidying.split(by=coordinator, thread=thread, posts=list(posts), title="Los", reason="Bijeen.")
    page = client_of(bram).get(f"{thread.get_absolute_url()}?page=3")
    assert page.status_code == 200 and page.context["page_obj"].number == 2


def test_a_stranger_gets_neither_title_nor_way(
    anna: User, bram: User, cas: User, visitor, coordinator: User, circle_space: Space, kerngroep
) -> None:
    """D8. Visibility is asked where it went; who can't see that gets what everybody gets who looks for nothing."""
    circles.add(by=None, circle=kerngroep, user=coordinator)
    gone = open_thread(anna, circle_space, "Kanarielied", "Geheim.")
    stays = open_thread(anna, circle_space, "Nachtegaal", "Ook geheim.")
    old = gone.get_absolute_url()
    tidying.merge(by=coordinator, thread=gone, into=stays, reason="Bijeen.")
    assert client_of(bram).get(old, follow=True).status_code == 200
    for address in (old, reverse("discussions:first_new", args=[gone.pk]), f"/discussions/threads/{gone.pk}/reply/"):
        answer = client_of(cas).get(address, follow=True)
        nothing = client_of(cas).get(address.replace(str(gone.pk), "999999"), follow=True)
        assert answer.status_code == nothing.status_code == 404
        assert "achtegaal" not in answer.text and "anarielied" not in answer.text.replace(address, "")
    assert client_of(visitor).get(old).url.startswith("/accounts/login/")
    assert "anarielied" not in client_of(bram).get(stays.get_absolute_url()).text


def test_a_renamed_thread_does_not_say_its_old_title(coordinator: User, anna: User, cas: User, thread: Thread) -> None:
    """D8. The old address arrives; the old words stand nowhere."""
    old = thread.get_absolute_url()
    threads.rename(by=coordinator, thread=thread, title="Nieuwe naam", reason="Daarom.")
    answer = client_of(cas).get(old)
    assert answer.status_code == 301 and answer.url.endswith("/nieuwe-naam/")
    assert "rikken" not in client_of(cas).get(answer.url).text


def test_a_form_that_was_open_meanwhile_places_its_reply_where_the_talk_went(
    coordinator: User, anna: User, cas: User, thread: Thread, space: Space, talk: dict[str, Post]
) -> None:
    """D8, D20. Nothing is lost: under the post it answers, and for a thread that is gone under what opened it."""
    client, other = client_of(cas), open_thread(anna, space, "Een andere", "Twee.")
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    address = reverse("discussions:reply", args=[thread.pk])
    answer = client.post(f"{address}?post={talk['c'].pk}", {"text": "Onder c.", "form_key": uuid.uuid4()})
    assert answer.status_code == 302
    assert Post.objects.get(plain="Onder c.").thread == new
    old = reverse("discussions:reply", args=[other.pk])
    opening = opening_of(other)
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    client.post(old, {"text": "Aan de opening.", "form_key": uuid.uuid4()})
    assert Post.objects.get(plain="Aan de opening.").parent == opening


def test_the_action_follows_as_well(
    coordinator: User, cas: User, anna: User, thread: Thread, space: Space, talk: dict[str, Post]
) -> None:
    """D8. For callers that know only what was there before, as a mail does."""
    new = tidying.split(by=coordinator, thread=thread, trees=[talk["b"].pk], title="Over b", reason="Bijeen.")
    assert reply(cas, thread, "x", parent=talk["c"]).thread == new
    merged = tidying.merge(by=coordinator, thread=new, into=thread, reason="Bijeen.")
    assert reply(cas, new, "y", parent=talk["c"]).thread == merged
    assert reply(cas, new, "z").parent_id == talk["b"].pk


def test_older_links_that_name_a_number_still_arrive(bram: User, anna: User, thread: Thread) -> None:
    """D8."""
    post = reply(anna, thread, "Deze.")
    page = client_of(bram).get(reverse("discussions:reply", args=[thread.pk]) + "?to=2")
    assert "Deze." in page.text and f"?post={post.pk}" in page.text


def test_footnotes_keep_their_address(coordinator: User, anna: User, bram: User, thread: Thread, space: Space) -> None:
    """D3, D8. Two posts with a note each never share one, whatever their numbers were."""
    other = open_thread(anna, space, "Een andere", "Twee[^1].\n\n[^1]: Noot")
    here = reply(bram, thread, "Een[^1].\n\n[^1]: Noot")
    there = opening_of(other)
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    html = client_of(bram).get(thread.get_absolute_url()).text
    for post in (here, there):
        assert html.count(f'id="fn-k{post.pk}-1"') == 1 and f'href="#fn-k{post.pk}-1"' in html


@pytest.mark.parametrize("picked", ["", "opening", "foreign", "deleted"])
def test_what_cannot_stand_alone_is_refused_in_words(
    coordinator: User, anna: User, bram: User, thread: Thread, space: Space, talk: dict[str, Post], picked: str
) -> None:
    """D8, D20."""
    other = opening_of(open_thread(anna, space, "Een andere", "Twee."))
    posts.delete(by=bram, post=talk["e"])
    keys = {"": [], "opening": [opening_of(thread).pk], "foreign": [other.pk], "deleted": [talk["e"].pk]}[picked]
    before = shape(thread)
    with pytest.raises(ValidationError):
        tidying.split(by=coordinator, thread=thread, posts=keys, title="Los", reason="Bijeen.")
    assert shape(thread) == before and Thread.objects.count() == 2


def test_only_coordinators_who_see_it_tidy(
    coordinator: User, anna: User, bram: User, thread: Thread, circle_thread: Thread, talk: dict[str, Post]
) -> None:
    """D8. A role opens no circle."""
    with pytest.raises(PermissionDenied):
        tidying.split(by=anna, thread=thread, posts=[talk["b"].pk], title="Los", reason="Bijeen.")
    with pytest.raises(PermissionDenied):
        tidying.merge(by=anna, thread=thread, into=circle_thread, reason="Bijeen.")
    for one, two in ((thread, circle_thread), (circle_thread, thread)):
        with pytest.raises(PermissionDenied):
            tidying.merge(by=coordinator, thread=one, into=two, reason="Bijeen.")


def test_nothing_comes_before_more_eyes_than_it_was_written_for(
    coordinator: User, anna: User, kerngroep, thread: Thread, circle_thread: Thread
) -> None:
    """D1, D8. From a circle to all members: never, by whichever way."""
    circles.add(by=None, circle=kerngroep, user=coordinator)
    post = reply(anna, circle_thread, "Onder ons.")
    with pytest.raises(ValidationError):
        tidying.merge(by=coordinator, thread=circle_thread, into=thread, reason="Bijeen.")
    with pytest.raises(ValidationError):
        tidying.split(
            by=coordinator, thread=circle_thread, posts=[post.pk], title="Los", space=thread.space, reason="Bijeen."
        )
    assert Post.objects.get(pk=post.pk).thread == circle_thread
    tidying.merge(by=coordinator, thread=thread, into=circle_thread, reason="Bijeen.")  # narrower is allowed


def test_the_discussion_of_a_page_stays_and_what_was_merged_is_not_revived(
    coordinator: User, anna: User, thread: Thread, space: Space
) -> None:
    """D8, K10."""
    page = open_thread(anna, space, "Bij een pagina", "Tekst.", kind=Kind.PAGE)
    with pytest.raises(ValidationError):
        tidying.merge(by=coordinator, thread=page, into=thread, reason="Bijeen.")
    other = open_thread(anna, space, "Een andere", "Twee.")
    tidying.merge(by=coordinator, thread=other, into=thread, reason="Bijeen.")
    threads.bring_back(thread=other)
    assert not Thread.objects.visible_to(anna).filter(pk=other.pk).exists()
    assert ThreadAlias.objects.get().thread == other


def test_a_title_that_is_a_word_of_our_addresses_still_has_a_page(anna: User, bram: User, space: Space) -> None:
    tidy = open_thread(anna, space, "Tidy", "Opgeruimd.")
    assert "Opgeruimd." in client_of(bram).get(tidy.get_absolute_url()).text
