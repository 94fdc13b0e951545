"""How allauth behaves in this house: nobody signs up by themselves, mail leaves by the one door, and second-factor
secrets are encrypted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.crypto import decrypt, encrypt
from accounts.mails import PASSWORD_RESET, SECURITY_NOTE
from accounts.models import Preferences
from swexpertise.mail import compose, deliver

RESET = "account/email/password_reset_key"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a coordinator invites (P1)."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of whoever gets it, whoever asked for it. `event` says which of allauth's mails it is."""
        theirs = Preferences.objects.filter(user__email__iexact=email).first()
        message = compose(
            PASSWORD_RESET if template_prefix == RESET else SECURITY_NOTE,
            to=email,
            language=theirs.language if theirs else get_language() or "nl",
            zone=theirs.zone if theirs else None,
            context={
                "request": self.request,
                "email": email,
                "event": template_prefix.rpartition("/")[2],
                "current_site": get_current_site(self.request),
                **context,
            },
        )
        deliver(message)


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """P2: a database dump holds no readable secret."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
