"""The account: an address, a password and a role. Never shown to another member; faces are (see `experts.faces`)."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

Viewer = "User | AnonymousUser"


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    COORDINATOR = "coordinator", _("Coordinator")
    ADMINISTRATOR = "administrator", _("Administrator")


def random_epoch() -> str:
    return secrets.token_hex(8)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, viewer: User | AnonymousUser) -> UserQuerySet:
        """An account is its holder's own affair: nobody else, coordinators included, finds it through this rule."""
        return self.filter(pk=viewer.pk) if viewer.is_authenticated else self.none()

    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def coordinators(self) -> UserQuerySet:
        return self.filter(role__in=[Role.COORDINATOR, Role.ADMINISTRATOR])


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, role=Role.ADMINISTRATOR, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Switched off: suspended or erased."))
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)
    # Part of the hash that every session of this account carries: another value ends them all.
    session_epoch = models.CharField(max_length=16, default=random_epoch, editable=False)
    called = models.CharField(
        _("called"),
        max_length=80,
        blank=True,
        help_text=_("What the CMS calls the holder: the name they show first. Kept by the action that names them."),
    )

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="an_address_in_lower_case")
        ]

    def __str__(self) -> str:
        return self.called or str(_("a member"))

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own hash of the password, with the epoch in it."""
        seed = f"{self.password}:{self.session_epoch}"
        return salted_hmac("accounts.session", seed, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_coordinator(self) -> bool:
        """Coordinators and administrators: whoever coordinates."""
        return self.is_active and self.role in (Role.COORDINATOR, Role.ADMINISTRATOR)

    @property
    def has_role(self) -> bool:
        """More than a member, suspended or not."""
        return self.role != Role.MEMBER

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.role == Role.ADMINISTRATOR
