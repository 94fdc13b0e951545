"""take: a mail came back. ask, confirm: the member says that the address works again (N21)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.actions import notes
from notifications.confirming import is_key_of
from notifications.models import Reachability
from notifications.models.reachability import FORGOTTEN_AFTER, STOPS_AT, NoteKind


@transaction.atomic
def take(*, user: User, weight: int, at: datetime) -> None:
    """Counts a bounce of a mail to `user`. At four nothing is sent any more; after thirty days it begins anew."""
    if not weight:
        return
    Reachability.objects.bulk_create([Reachability(user=user, last_bounce_at=at)], ignore_conflicts=True)
    mine = Reachability.objects.select_for_update().get(user=user)
    if mine.stopped_at is None and at - mine.last_bounce_at > FORGOTTEN_AFTER:
        mine.score = 0
    mine.score = min(mine.score + weight, 100)
    mine.last_bounce_at = at
    if mine.score >= STOPS_AT and mine.stopped_at is None:
        mine.stopped_at = at
    mine.save()


def ask(*, by: User, at: datetime) -> bool:
    """Mails the link that confirms; False when that was done already today. It is the one mail that is sent anyway."""
    return notes.leave(recipient=by, kind=NoteKind.CONFIRM, at=at)


def confirm(*, by: User, key: str) -> None:
    """Mail goes on, beginning with one overview of what waited. ValidationError: an old link, or somebody else's."""
    if not is_key_of(by, key):
        raise ValidationError(_("This link is too old, or it isn't for this account. Ask for a new one."))
    Reachability.objects.filter(user=by).delete()
