"""Accounts come by invitation, are suspended and are restored. Nobody signs up (P1)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import sessions
from accounts.models import Invitation, Preferences, User
from accounts.models.user import Role
from accounts.permissions import may_suspend
from accounts.signals import member_admitted, member_restored, member_suspended, role_given


@transaction.atomic
def create(
    *,
    email: str,
    password: str | None = None,
    hashed: str | None = None,
    role: str = Role.MEMBER,
    at: datetime | None = None,
    **preferences: Any,
) -> User:
    """An account with its preferences. For the demo, tests and the first account; people come through `admit`.

    `hashed` is a password made by `make_password`, so that many accounts need not hash one each.
    """
    user = User(email=email.strip().lower(), role=Role(role), joined_at=at or timezone.now())
    if hashed is None:
        user.set_password(password)
    else:
        user.password = hashed
    user.save()
    Preferences.objects.create(user=user, **preferences)
    member_admitted.send(sender=User, user=user)
    role_given.send(sender=User, user=user, role=user.role)
    return user


@transaction.atomic
def admit(*, invitation: Invitation, password: str, at: datetime | None = None) -> User:
    """Spends the invitation and makes the account. Two clicks at once: the row lock lets one of them through.

    Raises ValidationError when the invitation is spent, withdrawn or expired, or its address has an account.
    """
    at = at or timezone.now()
    locked = Invitation.objects.open(at).select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if locked is None or User.objects.filter(email=locked.email).exists():
        raise ValidationError(_("This invitation doesn't work any more."))
    locked.accepted_at = at
    locked.save(update_fields=["accepted_at"])
    return create(email=locked.email, password=password, language=locked.language, at=at)


@transaction.atomic
def suspend(*, by: User, user: User) -> None:
    """Ends every session at once. Raises PermissionDenied."""
    if not may_suspend(by, user):
        raise PermissionDenied(_("You can't suspend this member."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user=user)
    member_suspended.send(sender=User, user=user)


@transaction.atomic
def restore(*, by: User, user: User) -> None:
    """Raises PermissionDenied."""
    if not may_suspend(by, user):
        raise PermissionDenied(_("You can't restore this member."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    member_restored.send(sender=User, user=user)
