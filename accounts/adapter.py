"""How allauth behaves in this house: nobody signs up by themselves, its mails go through the one door, and
second-factor secrets are encrypted."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from accounts.crypto import decrypt, encrypt
from accounts.tasks import send_account_mail


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a coordinator invites (P1)."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leaves after commit by the worker, so that a known address answers as fast as an unknown one (P3).

        An address of ours in it begins with the configured one, whatever the Host header said (S8). What allauth adds
        about browser and IP address is left out: the platform keeps neither.
        """
        what = template_prefix.rpartition("/")[2]
        link = urlsplit(context.get("password_reset_url", "")).path
        letter = encrypt("\n".join([what, email, settings.SITE_URL + link if link else ""]))
        transaction.on_commit(lambda: send_account_mail.delay(letter), robust=True)


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """P2: a database dump holds no readable secret."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
