"""Sending what accounts have to say by mail: an invitation, once; a reset; a note about how one signs in."""

import logging
import smtplib
from datetime import datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.crypto import decrypt
from accounts.mails import INVITATION, NOTES, PASSWORD_RESET, RESET, SECURITY_NOTE, SOMETHING
from accounts.models import AccountMail, Invitation, User
from swexpertise.mail import compose, deliver, in_short, is_for_later

logger = logging.getLogger(__name__)


@transaction.atomic
def mail_invitation(invitation_id: int, *, now: datetime) -> bool:
    """Whether a mail left. The row is locked meanwhile, so that two workers send one mail.

    Raises what the server answered when trying again makes sense; a lasting refusal counts as sent.
    """
    waiting = Invitation.objects.open(now).unsent().select_for_update(of=("self",), skip_locked=True)
    invitation = waiting.filter(pk=invitation_id).first()
    if invitation is None:
        return False
    context = {
        "join_url": settings.SITE_URL + reverse("experts:join", args=[invitation.secret]),
        "invitation": invitation,
    }
    message = compose(INVITATION, to=invitation.email, language=invitation.language, context=context, at=now)
    try:
        deliver(message)
    except (smtplib.SMTPException, OSError) as error:
        if is_for_later(error):
            raise
    invitation.mailed_at = now
    invitation.save(update_fields=["mailed_at"])
    return True


def mail_waiting(*, now: datetime) -> int:
    """What was not sent yet, such as when the queue or the mail server was away. Says how many left."""
    sent = 0
    for pk in Invitation.objects.open(now).unsent().to_new_addresses().values_list("pk", flat=True)[:100]:
        try:
            sent += mail_invitation(pk, now=now)
        except (smtplib.SMTPException, OSError):
            continue  # the next sweep tries again
    return sent


def mail_posted(*, now: datetime) -> int:
    """The mails about accounts that wait, each one once; says how many are done. What fails is tried again later for a
    day, and keeps no other one waiting."""
    AccountMail.objects.too_old(now).delete()
    done = 0
    while mail := AccountMail.objects.lease(now):
        try:
            what, email = decrypt(mail.letter).split("\n")
            mail_account(what, email=email, now=mail.created_at)
        except Exception as error:  # whatever it is: the next one goes on
            logger.warning("a mail about an account was not taken: %s", in_short(error))
            continue
        mail.delete()
        done += 1
    return done


def mail_account(what: str, *, email: str, now: datetime) -> None:
    """A reset or a note, in the language of the account. Nobody's address gets nothing.

    Raises what the server answered when trying again makes sense.
    """
    user = User.objects.active().filter(email=email.lower()).select_related("preferences").first()
    if user is None:
        return
    preferences = getattr(user, "preferences", None)
    language, zone = (preferences.language, preferences.zone) if preferences else (settings.LANGUAGE_CODE, None)
    context: dict[str, Any]
    if what == RESET:
        kind, context = PASSWORD_RESET, {"reset_url": _reset_url(user)}
    else:
        kind, context = SECURITY_NOTE, {"note": NOTES.get(what, SOMETHING)}
    message = compose(kind, to=user.email, language=language, zone=zone, context={"at": now, **context}, at=now)
    try:
        deliver(message)
    except (smtplib.SMTPException, OSError) as error:
        if is_for_later(error):
            raise


def _reset_url(user: User) -> str:
    """Begins with the configured address, whatever the Host header of the request said (S8)."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)
