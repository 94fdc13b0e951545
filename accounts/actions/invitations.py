"""Inviting: one address, one link, seven days (P1). The link's secret is never stored; a hash of it is."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.models.invitation import hash_of
from accounts.permissions import may_invite
from accounts.tasks import send_invitation


@transaction.atomic
def invite(*, by: User, email: str, language: str = "nl", at: datetime | None = None) -> tuple[Invitation, str]:
    """The invitation and the secret of its link; the mail leaves after commit.

    Inviting an address that has an account looks the same and mails nothing: a coordinator can't use the form to ask
    who is a member. An invitation that is still open for the address is replaced. Raises PermissionDenied.
    """
    if not may_invite(by):
        raise PermissionDenied(_("Only a coordinator invites."))
    at, email = at or timezone.now(), email.strip().lower()
    Invitation.objects.waiting().filter(email=email).update(withdrawn_at=at)
    invitation = Invitation(email=email, language=language, invited_by=by, created_at=at)
    secret = invitation.secret
    invitation.secret_hash = hash_of(secret)
    invitation.save()
    if not User.objects.filter(email=email).exists():
        transaction.on_commit(lambda: send_invitation.delay(invitation.pk), robust=True)
    return invitation, secret


def look_at(*, secret: str, at: datetime) -> Invitation | None:
    """The open invitation of this link, or None: used, expired, withdrawn, invented, or its inviter may no longer."""
    invitation = Invitation.objects.open(at).by_secret(secret).first()
    if invitation is None or User.objects.filter(email=invitation.email).exists():
        return None
    return invitation


@transaction.atomic
def withdraw(*, by: User, invitation: Invitation, at: datetime | None = None) -> None:
    """Raises PermissionDenied, or ValidationError when it was accepted meanwhile."""
    if not may_invite(by):
        raise PermissionDenied(_("Only a coordinator withdraws an invitation."))
    waiting = Invitation.objects.waiting().filter(pk=invitation.pk)
    if not waiting.update(withdrawn_at=at or timezone.now()):
        raise ValidationError(_("This invitation was used or withdrawn already."))
