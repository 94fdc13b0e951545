"""A mail about an account, written down together with what it tells of; it leaves after commit."""

from django.db import transaction

from accounts.crypto import encrypt
from accounts.models import AccountMail
from accounts.tasks import send_account_mail


def post_account_mail(what: str, email: str) -> None:
    """Encrypted, so that a copy of the table holds no address. `what` is allauth's name for what happened."""
    AccountMail.objects.create(letter=encrypt(f"{what}\n{email}"))
    transaction.on_commit(send_account_mail.delay, robust=True)
