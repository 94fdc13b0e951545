"""Signing in: a suspended account is answered like a wrong password (P3)."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class NeutralBackend(AuthenticationBackend):
    @classmethod
    def _stash_user(cls, user: Any) -> None:  # noqa: ARG003  the signature is allauth's
        """allauth keeps a suspended account aside, to send it to a page that says so. That page would tell."""
        return
