"""For you: what needs me, what is new, and when the next overview comes (N5)."""

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
    newest = Delivery.objects.get(recipient=cas, channel="inbox").pk
    reply(bram, thread, "Kwam erna.")
    events.fan_out(now=BEFORE)
    client_of(cas).post(f"/notifications/read/{thread.pk}/", {"up_to": newest})
    assert Delivery.objects.visible_to(cas).in_app().unread().count() == 1
    client_of(cas).post("/notifications/read/", {"up_to": 10**9})
    assert not Delivery.objects.visible_to(cas).in_app().unread().exists()
    assert "Eerder gelezen" in page(cas)


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
            assert ('value="watching" checked' in drawn) == shown


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
