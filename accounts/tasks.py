"""Wake-ups for the mail of accounts; the rows are the truth."""

import smtplib

from celery import shared_task
from django.utils import timezone

from accounts import sending
from accounts.crypto import decrypt


@shared_task(name="accounts.send_invitation")
def send_invitation(invitation_id: int) -> None:
    try:
        sending.mail_invitation(invitation_id, now=timezone.now())
    except (smtplib.SMTPException, OSError):
        pass  # the sweep tries again; an error in the log would show the address


@shared_task(name="accounts.sweep_invitations")
def sweep_invitations() -> None:
    sending.mail_waiting(now=timezone.now())


@shared_task(name="accounts.send_account_mail", autoretry_for=(OSError,), retry_backoff=5, max_retries=4)
def send_account_mail(letter: str) -> None:
    what, email = decrypt(letter).split("\n")
    sending.mail_account(what, email=email, now=timezone.now())
