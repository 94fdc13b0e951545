"""What changed meanwhile is absent everywhere alike: text, title, subject, count, "and N more", inbox, its number and
catching up (N5, N12). Beside it something stays, so that an empty mail can't pass for a right one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.actions import circles
from accounts.models import Circle, User
from discussions.actions import posts, reading, threads
from discussions.models import Post, Space, Thread
from notifications.actions import events, issues, sending, watches
from notifications.audience import who_sees
from notifications.models import Delivery
from tests.cast import client_of, first_name
from tests.notifications.conftest import BEFORE, MORNING, follows, open_thread, reply, sweep, wants

pytestmark = pytest.mark.django_db
MANY = 10  # more than a mail shows of one thread


def access_lost(cas: User, goes: Thread, written: list[Post]) -> None:
    circles.remove(by=None, circle=goes.space.circle, user=cas)


def space_closed(cas: User, goes: Thread, written: list[Post]) -> None:
    other = Circle.objects.create(slug="bestuur", name="Bestuur")
    Space.objects.filter(pk=goes.space_id).update(circle=other)


def posts_deleted(cas: User, goes: Thread, written: list[Post]) -> None:
    for post in written:
        posts.delete(by=User.objects.get(called="Bram"), post=post)


def posts_removed_by_a_coordinator(cas: User, goes: Thread, written: list[Post]) -> None:
    for post in written:
        posts.delete(by=coordinator_in(goes), post=post, reason="Niet hier.")


def thread_removed(cas: User, goes: Thread, written: list[Post]) -> None:
    threads.remove(by=coordinator_in(goes), thread=goes, reason="Daarom.")


def thread_muted(cas: User, goes: Thread, written: list[Post]) -> None:
    follows(cas, goes, "muted")


def space_muted(cas: User, goes: Thread, written: list[Post]) -> None:
    watches.Watch.objects.filter(user=cas, thread=goes).delete()
    follows(cas, goes.space, "muted")


def name_muted(cas: User, goes: Thread, written: list[Post]) -> None:
    watches.mute(by=cas, name=first_name(User.objects.get(called="Bram")))


def no_longer_followed(cas: User, goes: Thread, written: list[Post]) -> None:
    follows(cas, goes, "normal")


def read_meanwhile(cas: User, goes: Thread, written: list[Post]) -> None:
    reading.mark_read(by=cas, thread=goes, numbers=[post.number for post in written])


def calls_taken_back(cas: User, goes: Thread, written: list[Post]) -> None:
    """They were told because they were called; the level alone tells nothing."""
    follows(cas, goes, "normal")
    for post in written:
        posts.edit(by=User.objects.get(called="Bram"), post=post, text="Laat maar.", at=BEFORE)


CAUSES: list[Callable[..., None]] = [
    access_lost, space_closed, posts_deleted, posts_removed_by_a_coordinator, thread_removed, thread_muted,
    space_muted, name_muted, no_longer_followed, read_meanwhile, calls_taken_back,
]  # fmt: skip


def coordinator_in(thread: Thread) -> User:
    coordinator = User.objects.get(role="coordinator")
    circles.add(by=None, circle=thread.space.circle, user=coordinator)
    return coordinator


@pytest.fixture
def goes(anna: User, cas: User, kerngroep: Circle, circle_space: Space) -> Thread:
    """A thread that Cas can see, for now."""
    circles.add(by=None, circle=kerngroep, user=cas)
    return open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("rhythm", ["daily", "at_once"])
@pytest.mark.parametrize("moment", ["before planning", "after planning"])
def test_it_is_absent_everywhere_alike(mail, anna, bram, cas, thread, goes, cause, rhythm, moment) -> None:
    """N5, N12."""
    follows(wants(cas, rhythm=rhythm), thread)
    if cause is not calls_taken_back:
        follows(cas, goes)
    call = "@cas " if cause is calls_taken_back else ""
    written = [reply(bram, goes, f"{call}Kanariegeel {n}.", at=BEFORE + timedelta(seconds=n)) for n in range(MANY)]
    reply(anna, thread, "Dit blijft.", at=BEFORE)
    events.fan_out(now=BEFORE)
    assert unread(cas) == MANY + 1
    due = MORNING if rhythm == "daily" else BEFORE + timedelta(minutes=11)
    if moment == "after planning":
        issues.plan(now=due)
    cause(cas, goes, written)
    assert kept_for_mail(cas) == set(Delivery.objects.news_for(cas).unread().values_list("event__post", flat=True))
    sending.send_all(now=due)
    sweep(due)
    (received,) = mail.to(cas.email)
    named = "Nieuw in “Prikken op locatie”" if rhythm == "daily" else "Prikken op locatie"
    assert received.message["Subject"] == named
    for said in (received.text, received.html):
        assert "Dit blijft." in said and not hints(said)
        assert "en nog" not in said.lower()
    shown = client_of(cas).get("/notifications/").content.decode()
    assert not hints(shown.partition("Eerder gelezen")[0]) and "Prikken op locatie" in shown
    on_end = client_of(cas).get("/notifications/catch-up/").content.decode()
    assert "Dit blijft." in on_end and not hints(on_end)
    assert unread(cas) == 1 and ">1<span" in shown.replace("\n", "")
    assert Delivery.objects.filter(recipient=cas, channel="mail", state="sent").count() == 1
    assert Delivery.objects.filter(recipient=cas, channel="mail", state="suppressed").count() == MANY
    assert Delivery.objects.filter(recipient=cas, channel="mail").count() == MANY + 1


@pytest.mark.parametrize("rhythm", ["daily", "at_once"])
def test_what_was_edited_is_told_in_its_newest_words_everywhere(mail, bram, cas, thread, rhythm) -> None:
    """N12."""
    follows(wants(cas, rhythm=rhythm), thread)
    post = reply(bram, thread, "Kanariegeel.")
    events.fan_out(now=BEFORE)
    posts.edit(by=bram, post=post, text="Verbeterd.", at=BEFORE + timedelta(minutes=6))
    sweep(MORNING)
    (received,) = mail.to(cas.email)
    on_end = client_of(cas).get("/notifications/catch-up/").content.decode()
    for said in (received.text, received.html, on_end):
        assert "Verbeterd." in said and "Kanariegeel" not in said


def test_a_late_joiner_finds_nothing_of_before_anywhere(mail, anna, bram, cas, kerngroep, circle_space) -> None:
    """N12. In the circle since after it was told: in no mail, not in the inbox, not in its number."""
    ours = open_thread(anna, circle_space, "Zwijgkanarie", "Onder ons.", is_history=True)
    reply(bram, ours, "Kanariegeel, @cas.")
    events.fan_out(now=BEFORE)
    circles.add(by=None, circle=kerngroep, user=wants(cas))
    follows(cas, circle_space, "watching")
    sweep()
    assert not mail.to(cas.email) and unread(cas) == 0
    for page in ("/notifications/", "/notifications/catch-up/"):
        assert not hints(client_of(cas).get(page).content.decode())


def test_what_needs_me_and_what_i_follow_are_parts_of_one_list(anna, bram, cas, thread, space) -> None:
    """N5. The filter divides the inbox; together its parts are the whole."""
    follows(wants(cas), thread)
    other = open_thread(anna, space, "Een ander gesprek", "Tekst.", is_history=True)
    reply(bram, thread, "Gewoon.")
    reply(bram, other, "Zeg @cas.")
    events.fan_out(now=BEFORE)
    client = client_of(cas)
    calls = client.get("/notifications/?show=calls").content.decode()
    followed = client.get("/notifications/?show=followed").content.decode()
    assert "Een ander gesprek" in calls and "Prikken op locatie" not in calls
    assert "Prikken op locatie" in followed and "Een ander gesprek" not in followed
    whole = client.get("/notifications/?show=nonsense").content.decode()
    assert "Een ander gesprek" in whole and "Prikken op locatie" in whole


def test_each_item_leads_to_why_it_is_there(bram, cas, thread) -> None:
    """N5."""
    follows(wants(cas), thread)
    post = reply(bram, thread)
    events.fan_out(now=BEFORE)
    assert f"/notifications/why/{post.pk}/" in client_of(cas).get("/notifications/").content.decode()


def test_a_noted_text_is_not_read_on_end_unless_chosen(bram, cas, thread) -> None:
    """N13."""
    follows(wants(cas), thread)
    reply(bram, thread, "Kanariegeel.", content_note="geweld")
    events.fan_out(now=BEFORE)
    assert not hints(client_of(cas).get("/notifications/catch-up/").content.decode())
    wants(cas, shows_noted=True)
    assert "Kanariegeel" in client_of(cas).get("/notifications/catch-up/").content.decode()


def test_what_is_read_on_end_is_the_oldest_and_the_rest_comes_after_it(bram, cas, thread) -> None:
    """N5. Nothing is marked as read that wasn't shown."""
    follows(wants(cas), thread)
    for number in range(43):
        reply(bram, thread, f"Nummer-{number:02}.", at=BEFORE + timedelta(seconds=number))
    events.fan_out(now=BEFORE)
    client = client_of(cas)
    first = client.get("/notifications/catch-up/")
    said = first.content.decode()
    assert "Nummer-39." in said and "Nummer-40." not in said and "Hierna komen nog 3 berichten." in said
    after = client.post(
        "/notifications/read/", {"shown": first.context["here"].shown, "on_end": "1"}, follow=True
    ).content.decode()
    assert "Nummer-39." not in after and "Nummer-40." in after and "Hierna" not in after and unread(cas) == 3


def test_a_part_of_the_inbox_offers_no_button_for_the_whole(bram, cas, thread) -> None:
    """N5. It would mark as read what isn't on the page."""
    follows(wants(cas), thread)
    reply(bram, thread)
    events.fan_out(now=BEFORE)
    client = client_of(cas)
    assert "Tot hier gelezen" in client.get("/notifications/").content.decode()
    assert "Tot hier gelezen" not in client.get("/notifications/?show=followed").content.decode()


def test_catching_up_costs_the_same_for_four_times_as_much(
    anna, bram, cas, space, django_assert_max_num_queries: Any
) -> None:
    """N22."""
    wants(cas)
    client = client_of(cas)
    for number in range(8):
        reply(bram, follows_new(cas, anna, space, number))
        events.fan_out(now=BEFORE)
        if number == 1:
            with django_assert_max_num_queries(9) as few:
                client.get("/notifications/catch-up/")
    with django_assert_max_num_queries(len(few)):
        client.get("/notifications/catch-up/")


def follows_new(cas: User, anna: User, space: Space, number: int) -> Thread:
    thread = open_thread(anna, space, f"Gesprek {number}", "Tekst.", is_history=True)
    follows(cas, thread)
    return thread


def unread(user: User) -> int:
    return Delivery.objects.news_for(user).unread().count()


def kept_for_mail(user: User) -> set[int]:
    """Posts that the mail of a batch would tell `user` of: the rule of the inbox, asked for many at once."""
    planned = Delivery.objects.filter(recipient=user, channel="mail", state="planned").with_objection()
    seen = {post for _user, post in who_sees([(user, set(planned.values_list("event__post", flat=True)))])}
    return {post for post, why in planned.values_list("event__post", "objection") if not why} & seen


def hints(said: str) -> bool:
    return any(word in said for word in ("Kanariegeel", "Zwijgkanarie", "Kernruimte", "Laat maar."))
