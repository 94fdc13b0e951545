"""Coordinators see how mail fares and send again what stranded; they never see what stands in it (N9)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actions import members
from notifications.actions import events, issues
from notifications.models import Delivery, Issue
from notifications.post_office import look
from tests.cast import client_of, make_member
from tests.notifications.conftest import BEFORE, MORNING, follows, reply, sweep, wants

pytestmark = pytest.mark.django_db
PAGE = "/notifications/delivery/"


@pytest.fixture
def stranded(mail, bram, cas, thread) -> Issue:
    """Cas' mail server refused the overview."""
    follows(wants(cas), thread)
    reply(bram, thread, "Kanariegeel.")
    mail.refused_recipients[cas.email] = "550 5.1.1 unknown"
    sweep()
    mail.refused_recipients.clear()
    return Issue.objects.parked().get()


def test_it_is_for_coordinators(client, cas, coordinator, administrator, suspended) -> None:
    assert client.get(PAGE).status_code == 302
    assert client_of(cas).get(PAGE).status_code == 404
    assert client_of(suspended).get(PAGE).status_code == 302
    assert client_of(coordinator).get(PAGE).status_code == client_of(administrator).get(PAGE).status_code == 200


def test_what_stranded_stands_there_with_its_reason_and_without_its_content(stranded, cas, coordinator) -> None:
    """N9. No title, name of a space, text, subject or address; nor whose it is, for who is missing in a list of all
    who were to be told of a post is whoever wrote it (P7, D12)."""
    said = client_of(coordinator).get(PAGE).content.decode()
    assert "550" in said and "Opnieuw versturen" in said
    for word in ("Cas", "Kanariegeel", "Prikken", "Bram", "Zorg", cas.email, stranded.message_id.strip("<>"), "@cast"):
        assert word not in said


def test_send_again_sends_once_however_often_it_is_pressed(mail, stranded, cas, coordinator) -> None:
    """N9. With the Message-ID it had."""
    client = client_of(coordinator)
    for _time in range(3):
        client.post(f"{PAGE}{stranded.pk}/again/")
    sweep(MORNING + timedelta(minutes=1))
    client.post(f"{PAGE}{stranded.pk}/again/")
    sweep(MORNING + timedelta(minutes=2))
    (received,) = mail.to(cas.email)
    assert received.message["Message-ID"] == stranded.message_id and "Kanariegeel." in received.text
    assert not Issue.objects.parked().exists()


def test_what_is_gone_by_then_is_not_sent_again(mail, stranded, cas, coordinator, thread) -> None:
    """N12."""
    follows(cas, thread, "muted")
    assert issues.send_again(by=coordinator, pk=stranded.pk)
    sweep(MORNING + timedelta(minutes=1))
    assert not mail.to(cas.email) and Delivery.objects.get(channel="mail", recipient=cas).why == "level"


def test_a_row_stays_when_its_member_is_suspended(mail, stranded, cas, coordinator) -> None:
    """P7, D12. That it went would say whose it was. Sending again leads to no mail."""
    members.suspend(by=coordinator, user=cas)
    assert len(look(now=MORNING).parked) == 1
    assert issues.send_again(by=coordinator, pk=stranded.pk)
    sweep(MORNING + timedelta(minutes=1))
    assert not mail.to(cas.email) and not look(now=MORNING).parked


def test_nobody_else_sends_again(stranded, cas) -> None:
    assert client_of(cas).post(f"{PAGE}{stranded.pk}/again/").status_code == 404
    with pytest.raises(PermissionDenied):
        issues.send_again(by=cas, pk=stranded.pk)
    assert Issue.objects.parked().exists()


def test_what_was_put_off_says_when_it_is_tried_again(mail, bram, cas, coordinator, thread) -> None:
    """N9."""
    follows(wants(cas), thread)
    reply(bram, thread)
    mail.refused_recipients[cas.email] = "451 4.3.0 later"
    sweep()
    (row,) = look(now=MORNING).put_off
    assert row.again_at is not None and MORNING < row.again_at < MORNING + timedelta(minutes=2)
    said = client_of(coordinator).get(PAGE).content.decode()
    assert "451" in said and "4.3.0 later" not in said and cas.email not in said


def test_it_says_so_when_mail_stands_still(bram, cas, coordinator, thread) -> None:
    """N16. An event of which nobody was told, a mail that didn't go: no worker, no mail server, no TLS."""
    follows(wants(cas), thread)
    assert "mail staat stil" not in client_of(coordinator).get(PAGE).content.decode()
    reply(bram, thread)
    assert look(now=BEFORE + timedelta(minutes=11)).is_late(BEFORE + timedelta(minutes=11))
    events.fan_out(now=BEFORE)
    issues.plan(now=MORNING)
    assert not look(now=MORNING).is_late(MORNING + timedelta(minutes=9))
    assert look(now=MORNING + timedelta(minutes=11)).is_late(MORNING + timedelta(minutes=11))
    assert timezone.now() > MORNING and "mail staat stil" in client_of(coordinator).get(PAGE).content.decode()


def test_it_costs_the_same_for_four_times_as_much(bram, coordinator, thread, django_assert_max_num_queries) -> None:
    client = client_of(coordinator)
    for number in range(12):
        member = wants(make_member(f"Lid {number}"))
        Issue.objects.create(
            recipient=member, kind="digest", window_from=BEFORE, window_to=MORNING, planned_at=MORNING, state="parked"
        )
        if number == 2:
            with django_assert_max_num_queries(14) as few:
                client.get(PAGE)
    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)
