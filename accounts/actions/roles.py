"""Giving roles. Administrators do; the demo and the first account of a house say `by=None`."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.user import Role
from accounts.permissions import may_give_roles
from accounts.signals import role_given


@transaction.atomic
def give_role(*, by: User | None, user: User, role: str) -> None:
    """Raises PermissionDenied when `by` isn't an administrator, or would take their own role."""
    if by is not None and not may_give_roles(by):
        raise PermissionDenied(_("Only an administrator gives roles."))
    if by is not None and by.pk == user.pk:
        raise PermissionDenied(_("Somebody else has to change your role, so that there is always an administrator."))
    user.role = Role(role)
    user.save(update_fields=["role"])
    role_given.send(sender=User, user=user, role=user.role)
