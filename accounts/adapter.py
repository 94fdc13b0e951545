"""How allauth behaves in this house: nobody signs up by themselves, its mails go through the one door, and
second-factor secrets are encrypted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.crypto import decrypt, encrypt
from accounts.posting import post_account_mail


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a coordinator invites (P1)."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leaves after commit by the worker. What allauth adds about browser and IP address is left out: the platform
        keeps neither."""
        post_account_mail(template_prefix.rpartition("/")[2], email)


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """P2: a database dump holds no readable secret."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
