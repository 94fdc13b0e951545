"""Signing in: by address, through allauth's door only; a suspended account is answered like a wrong password (P3)."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


class NeutralBackend(AuthenticationBackend):
    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        """Only allauth says `email`. Other forms say `username`: they count no tries and skip the second step."""
        return super().authenticate(request, **credentials) if "email" in credentials else None

    @classmethod
    def _stash_user(cls, user: Any) -> None:  # noqa: ARG003  the signature is allauth's
        """allauth keeps a suspended account aside, to send it to a page that says so. That page would tell."""
        return
