"""leave, leave_all: a mail of constant words is to be sent. send_all: sends them. At most one of a kind a day for each
member."""

import logging
import smtplib
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.actions.preferences import preferences_of
from accounts.models import User
from notifications.addresses import return_path
from notifications.confirming import key_for
from notifications.mails import NOTES, headers, unsubscribe_url
from notifications.models import Note
from notifications.models.issue import new_message_id
from notifications.models.reachability import NoteKind, is_stopped
from notifications.quiet import held_until
from swexpertise.mail import Unanswered, compose, deliver, in_short, is_for_later

logger = logging.getLogger(__name__)

TOGETHER = 100


def leave(*, recipient: User, kind: NoteKind, at: datetime) -> bool:
    """Whether it is new: the database allows one of a kind a day (N19)."""
    _note, is_new = Note.objects.get_or_create(
        recipient=recipient, kind=kind, on=at.date(), defaults={"message_id": new_message_id()}
    )
    return is_new


def leave_all(*, recipients: Iterable[User], kind: NoteKind, at: datetime) -> None:
    """Likewise for many, in one query."""
    notes = [Note(recipient=user, kind=kind, on=at.date(), message_id=new_message_id()) for user in recipients]
    Note.objects.bulk_create(notes, ignore_conflicts=True)


def send_all(*, now: datetime) -> int:
    """Those that wait, each in a transaction of its own. A mail server that is away costs nobody a note."""
    sent = 0
    for pk in Note.objects.unsent().values_list("pk", flat=True)[:TOGETHER]:
        try:
            sent += send(pk, now=now)
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("a note was not taken: %s", in_short(error))
    return sent


@transaction.atomic
def send(pk: int, *, now: datetime) -> bool:
    """Whether it left. The row is locked meanwhile, so that two workers send one mail. Raises what makes sense to try
    again; whoever gets no mail any more gets only what asks whether their address works."""
    note = Note.objects.unsent().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if note is None:
        return False
    user = User.objects.active().annotate(is_stopped=is_stopped()).filter(pk=note.recipient_id).first()
    if user is None or (user.is_stopped and note.kind != NoteKind.CONFIRM):
        return _give_up(note, now)
    note.recipient, preferences = user, preferences_of(user)
    is_news = note.kind == NoteKind.DECIDED
    if is_news and held_until(preferences, now) is not None:
        return False  # in quiet hours it waits (N2)
    message = compose(
        NOTES[NoteKind(note.kind)],
        to=user.email,
        language=preferences.language,
        zone=preferences.zone,
        context=_context(user, NoteKind(note.kind)),
        at=now,
        message_id=note.message_id,
        headers=headers(user.mail_key.key) if is_news else None,
        return_path=return_path(note),
    )
    try:
        deliver(message)
    except Unanswered:
        pass  # it has probably left; a note says nothing that is worth a copy each minute
    except (OSError, smtplib.SMTPException) as error:
        if is_for_later(error):
            raise
        return _give_up(note, now)
    note.sent_at = now
    note.save(update_fields=["sent_at"])
    return True


def _give_up(note: Note, now: datetime) -> bool:
    note.given_up_at = now
    note.save(update_fields=["given_up_at"])
    return False


def _context(user: User, kind: NoteKind) -> dict[str, str]:
    """One address, and nothing of what it is about."""
    if kind == NoteKind.CONFIRM:
        return {"url": settings.SITE_URL + reverse("notifications:address_confirm", args=[key_for(user)])}
    if kind == NoteKind.DECIDED:
        return {
            "inbox_url": settings.SITE_URL + reverse("notifications:inbox"),
            "unsubscribe_url": unsubscribe_url(user.mail_key.key),
        }
    return {"url": settings.SITE_URL + reverse("notifications:replies")}
