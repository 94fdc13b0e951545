"""An invitation: one address, one link, seven days. Only a hash of the link's secret is kept (P1)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.user import Role, User

LIFE = timedelta(days=7)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def random_seed() -> str:
    return secrets.token_urlsafe(32)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, viewer: User | AnonymousUser) -> InvitationQuerySet:
        """Coordinators, since they invite."""
        return self.all() if viewer.is_authenticated and viewer.is_coordinator else self.none()

    def by_secret(self, secret: str) -> InvitationQuerySet:
        return self.filter(secret_hash=hash_of(secret))

    def waiting(self) -> InvitationQuerySet:
        """Neither used nor withdrawn, however old."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def unsent(self) -> InvitationQuerySet:
        return self.filter(mailed_at=None)

    def to_new_addresses(self) -> InvitationQuerySet:
        """Whose address has no account: the others are never mailed (P3)."""
        return self.exclude(email__in=User.objects.values("email"))

    def open(self, at: datetime) -> InvitationQuerySet:
        """Neither used nor withdrawn nor past its seven days, and the inviter may still invite."""
        inviters = {"invited_by__is_active": True, "invited_by__role__in": [Role.COORDINATOR, Role.ADMINISTRATOR]}
        return self.waiting().filter(created_at__gt=at - LIFE, **inviters)


class Invitation(models.Model):
    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(_("language"), max_length=5, default="nl")
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    # NULL keeps: nobody has vouched yet. The People issue asks for a second member.
    vouched_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="vouchings")
    # The link's secret is made of this seed and SECRET_KEY: the row alone opens nothing; the mail can be built late.
    seed = models.CharField(max_length=43, default=random_seed, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None), name="accepted_or_withdrawn"
            )
        ]

    @property
    def secret(self) -> str:
        """What the link holds: 32 bytes, in letters that an address may carry."""
        return salted_hmac("accounts.invitation", self.seed, algorithm="sha256").hexdigest()

    @property
    def expires_at(self) -> datetime:
        return self.created_at + LIFE
