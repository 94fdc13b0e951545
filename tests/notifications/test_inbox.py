"""For you: what needs me, what is new, and when the next overview comes (N5)."""

import re
from datetime import timedelta

import pytest
from django.template import RequestContext, Template
from django.test import RequestFactory

from discussions.actions import posts
from notifications.actions import events
from notifications.models import Delivery, Watch
from tests.cast import client_of
from tests.notifications.conftest import BEFORE, follows, open_thread, reply, wants

pytestmark = pytest.mark.django_db


def page(user) -> str:
    return client_of(user).get("/notifications/").content.decode()


def shown(page: str) -> list[str]:
    """What each button to mark as read sends back: first that of the whole page, then that of each thread."""
    return re.findall(r'name="shown" value="([\d,]*)"', page)


def test_a_mention_and_a_followed_thread_stand_in_the_inbox(anna, bram, cas, thread, space) -> None:
    """N5. What needs me first; the number at the bell; when the next overview comes."""
    follows(wants(cas), thread)
    other = open_thread(anna, space, "Een ander gesprek", "Tekst.", is_history=True)
    reply(bram, thread, "Gewoon.")
    reply(bram, other, "Zeg @cas.")
    events.fan_out(now=BEFORE)
    seen = page(cas)
    assert seen.index("Wat op jou wacht") < seen.index("Een ander gesprek") < seen.index("Nieuw in wat je volgt")
    assert "Bram noemde je" in seen and "omdat je dit volgt" in seen and "Je volgende overzicht komt" in seen
    assert "<b>2" in seen


def test_an_empty_inbox_is_a_good_state(cas) -> None:
    assert "Je hebt alles gelezen" in page(cas)


def test_a_visitor_is_asked_to_sign_in(client) -> None:
    assert client.get("/notifications/").status_code == 302


def test_up_to_here_marks_what_was_on_the_page_and_nothing_newer(bram, cas, thread) -> None:
    """N5, D5. An item is unread while its post is."""
    follows(wants(cas), thread)
    reply(bram, thread, "Gezien.")
    events.fan_out(now=BEFORE)
    of_the_thread = shown(page(cas))[1]
    reply(bram, thread, "Kwam erna.")
    events.fan_out(now=BEFORE)
    client_of(cas).post("/notifications/read/", {"shown": of_the_thread})
    assert Delivery.objects.visible_to(cas).in_app().unread().count() == 1
    client_of(cas).post("/notifications/read/", {"shown": shown(page(cas))[0]})
    assert not Delivery.objects.visible_to(cas).in_app().unread().exists()
    assert "Eerder gelezen" in page(cas)


@pytest.mark.parametrize(("number", "older"), [(10, 0), (300, 100)])
def test_up_to_here_marks_nothing_that_was_not_on_the_page(bram, cas, thread, number, older) -> None:
    """N5. Of three hundred the newest two hundred are shown; the oldest hundred stay unread, and are shown next."""
    follows(wants(cas), thread)
    for one in range(number):
        reply(bram, thread, f"Nummer {one}.", at=BEFORE + timedelta(seconds=one))
    events.fan_out(now=BEFORE)
    first = page(cas)
    keys = [int(key) for key in shown(first)[0].split(",")]
    assert len(keys) == number - older and ("Nog 100 oudere berichten" in first) == bool(older)
    late = reply(bram, thread, "Kwam later, gebeurde eerder.", at=BEFORE - timedelta(hours=1))
    events.fan_out(now=BEFORE)
    client = client_of(cas)
    client.post("/notifications/read/", {"shown": shown(first)[0]})
    left = Delivery.objects.visible_to(cas).in_app().unread()
    assert left.count() == older + 1 and not left.filter(event__in=keys).exists()
    assert left.filter(event__post=late).exists()
    client.post("/notifications/read/", {"shown": shown(page(cas))[0]})
    assert not left.all().exists() and "Eerder gelezen" in page(cas)


@pytest.mark.parametrize("odd", ["", "x", "-1", "9" * 400, "1,,2", "\x00", "²"])
def test_odd_items_are_passed_by_and_anothers_stay_unread(bram, cas, anna, thread, odd) -> None:
    follows(wants(cas), thread)
    reply(bram, thread)
    events.fan_out(now=BEFORE)
    mine = Delivery.objects.visible_to(cas).in_app().get().event_id
    assert client_of(cas).post("/notifications/read/", {"shown": odd}).status_code == 302
    client_of(anna).post("/notifications/read/", {"shown": str(mine)})
    assert Delivery.objects.visible_to(cas).in_app().unread().exists()


def test_what_was_shown_says_nothing_of_others_who_were_told(anna, bram, cas, thread) -> None:
    """D12. Whoever is told first or last of all carries the same in their form: no order of accounts shows in it."""
    for user in (anna, cas):
        follows(wants(user), thread)
    reply(bram, thread)
    events.fan_out(now=BEFORE)
    assert shown(page(anna)) == shown(page(cas)) != []


def test_what_was_deleted_or_lost_is_gone_from_list_and_count(bram, cas, thread) -> None:
    """N12."""
    follows(wants(cas), thread)
    post = reply(bram, thread, "Weg.")
    events.fan_out(now=BEFORE)
    posts.delete(by=bram, post=post)
    assert "Je hebt alles gelezen" in page(cas) and not Delivery.objects.visible_to(cas).exists()


def test_nobody_reads_another_ones_inbox(bram, cas, thread) -> None:
    follows(wants(cas), thread)
    reply(bram, thread)
    events.fan_out(now=BEFORE)
    assert not Delivery.objects.visible_to(bram).in_app().filter(recipient=cas).exists()


def test_the_inbox_costs_the_same_for_four_times_as_much(
    anna, bram, cas, space, django_assert_max_num_queries
) -> None:
    wants(cas)
    client = client_of(cas)
    for number in range(8):
        other = open_thread(anna, space, f"Gesprek {number}", "Tekst.", is_history=True)
        follows(cas, other)
        for _n in range(1 if number < 2 else 4):
            reply(bram, other)
        events.fan_out(now=BEFORE)
        if number in (1, 7):
            with django_assert_max_num_queries(
                9
            ):  # session, account, preferences (twice), items (twice), window, bell
                client.get("/notifications/")


def test_a_member_chooses_how_closely_to_follow(cas, thread, space, circle_space) -> None:
    """N1. From a thread, back to where they were; what they can't see isn't there."""
    client = client_of(cas)
    answer = client.post(
        f"/notifications/watch/thread/{thread.pk}/", {"level": "watching", "next": thread.get_absolute_url()}
    )
    assert answer["Location"] == thread.get_absolute_url()
    assert Watch.objects.get(user=cas).level == "watching"
    elsewhere = client.post(
        f"/notifications/watch/space/{space.pk}/", {"level": "muted", "next": "https://elders.invalid/"}
    )
    assert elsewhere["Location"] == space.get_absolute_url()
    assert client.post(f"/notifications/watch/space/{circle_space.pk}/", {"level": "muted"}).status_code == 404
    client.post(f"/notifications/watch/thread/{thread.pk}/", {"level": "loudest"})
    assert Watch.objects.get(user=cas, thread=thread).level == "watching"


def test_the_tag_offers_the_levels_to_a_member_and_nothing_to_a_visitor(cas, visitor, thread, space) -> None:
    follows(cas, space, "watching")
    for thing in (thread, space):
        for user, shown in ((cas, True), (visitor, False)):
            request = RequestFactory().get("/discussions/")
            request.user = user
            drawn = Template("{% load notifications %}{% watch_control thing %}").render(
                RequestContext(request, {"thing": thing})
            )
            ticked = "as_space" if thing == thread else "watching"  # nothing was chosen for the thread itself
            assert (f'value="{ticked}" checked' in drawn) == shown
            assert ("Zoals de ruimte: nauw volgen" in drawn) == (shown and thing == thread)


def test_the_settings_say_in_words_what_will_happen(cas) -> None:
    """N2, N3. Look first; then keep."""
    wants(cas)
    client = client_of(cas)
    wish = {"rhythm": "weekly", "weekday": "4", "hour": "17", "mail_detail": "titles"}
    sentence = "Elke week op vrijdag om 17:00 krijg je één mail met alleen titels."
    assert "Elke dag om 08:00" in client.get("/notifications/settings/").content.decode()
    looked = client.post("/notifications/settings/", wish | {"look": "1"}).content.decode()
    assert "Nog niet bewaard" in looked and sentence in looked
    cas.preferences.refresh_from_db()
    assert cas.preferences.rhythm == "daily"
    assert sentence in client.post("/notifications/settings/", wish, follow=True).content.decode()
    cas.preferences.refresh_from_db()
    assert (cas.preferences.rhythm, cas.preferences.hour, cas.preferences.mail_detail) == ("weekly", 17, "titles")


def test_who_gets_a_wrong_choice_keeps_what_they_had(cas) -> None:
    wants(cas)
    client_of(cas).post("/notifications/settings/", {"rhythm": "hourly", "weekday": "9", "hour": "24"})
    cas.preferences.refresh_from_db()
    assert cas.preferences.rhythm == "daily"


def test_health_sees_worker_beat_and_outbox(bram, cas, thread) -> None:
    """R7."""
    from django.utils import timezone

    from notifications import health
    from notifications.actions import rounds

    assert not health.worker() and not health.beat() and health.outbox()
    reply(bram, thread, at=timezone.now() - timedelta(minutes=5))
    assert not health.outbox()
    rounds.sweep(now=timezone.now())
    assert health.worker() and not health.beat() and health.outbox()
    rounds.sweep(now=timezone.now(), by_the_clock=True)
    assert health.beat()
