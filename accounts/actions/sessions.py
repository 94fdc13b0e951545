"""Ending sessions. Each account has a number that its sessions carry in their hash; a new one ends them all (P4)."""

from django.contrib.auth import update_session_auth_hash

from accounts.models import User
from accounts.models.user import random_epoch
from accounts.requests import MemberRequest


def end_all(*, user: User) -> None:
    """Every session of this account stops at its next request, wherever it is kept."""
    user.session_epoch = random_epoch()
    user.save(update_fields=["session_epoch"])


def end_others(*, request: MemberRequest) -> None:
    """All but the one of this request."""
    user = request.user
    end_all(user=user)
    update_session_auth_hash(request, user)
