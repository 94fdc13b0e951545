"""Handing a mail of accounts to the worker, after commit."""

from django.db import transaction

from accounts.crypto import encrypt
from accounts.tasks import send_account_mail


def post_account_mail(what: str, email: str) -> None:
    """Encrypted, so that the queue holds no address. `what` is allauth's name for what happened."""
    letter = encrypt(f"{what}\n{email}")
    transaction.on_commit(lambda: send_account_mail.delay(letter), robust=True)
