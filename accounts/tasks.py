"""Wake-ups for the mail of accounts; the rows are the truth."""

import smtplib

from celery import shared_task
from django.utils import timezone

from accounts import sending


@shared_task(name="accounts.send_invitation")
def send_invitation(invitation_id: int) -> None:
    try:
        sending.mail_invitation(invitation_id, now=timezone.now())
    except (smtplib.SMTPException, OSError):
        pass  # the sweep tries again; an error in the log would show the address


@shared_task(name="accounts.sweep_invitations")
def sweep_invitations() -> None:
    sending.mail_waiting(now=timezone.now())


@shared_task(name="accounts.send_account_mail")
def send_account_mail() -> None:
    sending.mail_posted(now=timezone.now())
