"""N8, N9, P3. A mail about an account stands in PostgreSQL until the mail server has it; Redis only wakes."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import sending
from accounts.crypto import encrypt
from accounts.models import AccountMail
from accounts.posting import post_account_mail

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"


@pytest.fixture
def asked(anna):
    """A reset was asked for, and nobody woke the worker."""
    Client().post(RESET, {"email": anna.email})
    return timezone.now()


def test_a_lost_wake_up_loses_no_reset(asked, anna, smtp_server):
    """N8."""
    assert sending.mail_posted(now=asked) == 1
    assert sending.mail_posted(now=asked + timedelta(hours=2)) == 0
    (mail,) = smtp_server.to(anna.email)
    assert "/accounts/password/reset/key/" in mail.text


def test_a_mail_server_that_is_busy_is_asked_again_later(asked, anna, smtp_server):
    """N9."""
    smtp_server.answer("451 4.3.0 Later")
    assert sending.mail_posted(now=asked) == 0
    assert sending.mail_posted(now=asked + timedelta(minutes=1)) == 0
    assert sending.mail_posted(now=asked + timedelta(minutes=3)) == 1
    assert len(smtp_server.to(anna.email)) == 1


def test_a_lasting_refusal_is_the_end_of_it(asked, anna, smtp_server):
    """N9."""
    smtp_server.refused_recipients[anna.email] = "550 5.1.1 Nobody"
    sending.mail_posted(now=asked)
    assert not AccountMail.objects.exists()


def test_one_that_cannot_be_read_keeps_nobody_waiting_and_goes_after_a_day(asked, anna, smtp_server):
    """N9."""
    poison = AccountMail.objects.create(letter="not ours", not_before=asked - timedelta(hours=1))
    assert sending.mail_posted(now=asked) == 1
    assert smtp_server.to(anna.email)
    tries = [asked + timedelta(minutes=minute) for minute in range(24 * 60)]
    for moment in tries:
        sending.mail_posted(now=moment)
    poison.refresh_from_db()
    assert 10 < poison.attempts < 40
    sending.mail_posted(now=asked + timedelta(days=1, minutes=1))
    assert not AccountMail.objects.exists()


def test_what_another_worker_has_in_hand_is_left_alone(asked, smtp_server):
    """N7. It is killed before it has sent it: the next one sends it two minutes later."""
    assert AccountMail.objects.lease(asked)
    assert sending.mail_posted(now=asked + timedelta(minutes=1)) == 0
    assert sending.mail_posted(now=asked + timedelta(minutes=3)) == 1
    assert len(smtp_server.inbox) == 1


def test_the_row_says_neither_who_nor_whether_there_is_one(anna, suspended, smtp_server):
    """P3. A known, an unknown and a suspended address leave rows alike; two of them get nothing."""
    for address in (anna.email, "niemand@cast.invalid", suspended.email):
        Client().post(RESET, {"email": address})
    rows = AccountMail.objects.all()
    assert len(rows) == 3
    assert not any("@" in row.letter or "password" in row.letter for row in rows)
    assert sending.mail_posted(now=timezone.now()) == 3
    assert [mail.recipients for mail in smtp_server.inbox] == [[anna.email]]


def test_a_mail_about_what_was_taken_back_never_leaves(anna, smtp_server):
    """N10."""
    with transaction.atomic():
        post_account_mail("password_changed", anna.email)
        transaction.set_rollback(True)
    assert sending.mail_posted(now=timezone.now()) == 0


def test_it_says_when_it_happened_however_late_it_leaves(anna, smtp_server):
    happened = timezone.now() - timedelta(hours=5)
    AccountMail.objects.create(
        letter=encrypt(f"password_changed\n{anna.email}"), created_at=happened, not_before=happened
    )
    sending.mail_posted(now=timezone.now())
    (mail,) = smtp_server.to(anna.email)
    assert mail.message["Date"].datetime == happened.replace(microsecond=0)
