"""erase: a member takes their account away for good, with what only it holds. Apps above hear of it first (P13)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.models.user import random_epoch
from accounts.permissions import may_erase
from accounts.signals import member_erased


@transaction.atomic
def erase(*, by: User, user: User, at: datetime | None = None) -> None:
    """One transaction: cut off half-way nothing has happened, and doing it again ends the same.

    PermissionDenied: it is somebody else's. ValidationError: nobody would be left to coordinate.
    """
    at = at or timezone.now()
    if not may_erase(by, user):
        raise PermissionDenied(_("Only you erase your account."))
    list(User.objects.coordinators().order_by("pk").select_for_update(no_key=True))  # two at once: one stays
    locked = User.objects.select_for_update().get(pk=user.pk)
    others = User.objects.active().coordinators().exclude(pk=user.pk)
    if locked.is_coordinator and not others.exists():
        raise ValidationError(_("You are the only one who coordinates. Give somebody else that role first."))
    member_erased.send(User, user=locked, at=at)
    Invitation.objects.filter(email=locked.email).delete()
    locked.delete()


def stand_in(*, joined_at: datetime) -> User:
    """An account without a person, address or password, that nobody can sign in to: it holds a name that goes later
    than its holder did."""
    token = random_epoch()
    user = User(email=f"{token}@erased.invalid", is_active=False, joined_at=joined_at)
    user.set_unusable_password()
    user.save()
    return user
