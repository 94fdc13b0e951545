"""A sample of one's own mail: as one chose it, of invented posts, in the page and by mail to oneself."""

import pytest
from django.utils import timezone

from accounts.models.preferences import MailDetail
from notifications import tasks
from notifications.actions import samples
from notifications.models import Issue, MailKey
from notifications.sample import sample_for
from tests.cast import client_of
from tests.notifications.conftest import BEFORE, MORNING, follows, reply, sweep, wants

pytestmark = pytest.mark.django_db
PAGE = "/notifications/settings/sample/"


@pytest.mark.parametrize(
    ("detail", "title", "text"), [("full", True, True), ("titles", True, False), ("discreet", False, False)]
)
def test_it_is_what_was_chosen(cas, detail, title, text) -> None:
    """N3. In the page and in the mail alike."""
    wants(cas, detail=detail)
    page = client_of(cas).get(PAGE).content.decode()
    mail = sample_for(cas, at=MORNING)
    for said in (page, str(mail.body) + mail.subject):
        assert ("welke openingstijden werken" in said) == title and ("na achten" in said) == text
    assert not Issue.objects.exists() and not MailKey.objects.exists()


def test_nothing_was_chosen_and_it_is_discreet(cas) -> None:
    """N3."""
    assert "openingstijden" not in client_of(cas).get(PAGE).content.decode()


def test_the_key_of_a_member_stands_on_no_page(mail, cas) -> None:
    """N15. In the mail it does: there it stops what it says."""
    key = MailKey.objects.create(user=wants(cas)).key
    assert key not in client_of(cas).get(PAGE).content.decode()
    assert samples.send(pk=cas.pk, now=MORNING) and key in mail.to(cas.email)[0].text


def test_a_discreet_sample_is_a_discreet_mail(mail, bram, cas, thread) -> None:
    """N4. The same sender, subject and words as what really comes."""
    follows(wants(cas, detail=MailDetail.DISCREET), thread)
    reply(bram, thread)
    sweep()
    assert samples.send(pk=cas.pk, now=MORNING)
    real, sample = mail.to(cas.email)
    assert (real.message["Subject"], real.text) == (sample.message["Subject"], sample.text)
    assert real.message["From"] == sample.message["From"]


def test_a_steady_sample_says_what_the_steady_mail_says(cas) -> None:
    """N4."""
    wants(cas, detail="discreet", is_steady=True)
    assert "Dit bericht komt altijd" in client_of(cas).get(PAGE).content.decode()


def test_it_is_sent_to_oneself_and_not_twice_in_a_row(cas, monkeypatch) -> None:
    wants(cas)
    asked: list[int] = []
    monkeypatch.setattr(tasks.send_sample, "delay", asked.append)
    client = client_of(cas)
    assert "onderweg naar je eigen adres" in client.post(PAGE, follow=True).content.decode()
    assert "al onderweg" in client.post(PAGE, follow=True).content.decode()
    assert asked == [cas.pk]


def test_a_refusal_is_not_tried_again_and_breaks_nothing(mail, cas) -> None:
    """N9."""
    wants(cas)
    mail.refused_recipients[cas.email] = "550 5.1.1 unknown"
    assert not samples.send(pk=cas.pk, now=timezone.now()) and not mail.inbox


def test_nobody_who_left_is_sent_one(mail, suspended) -> None:
    assert not samples.send(pk=suspended.pk, now=BEFORE) and not mail.inbox
