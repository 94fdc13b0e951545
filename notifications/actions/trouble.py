"""note: no mail leaves, and why. look_again: whether it does again, asked in each sweep."""

import logging
import smtplib
from datetime import datetime

from django.db import transaction

from notifications.models import MailTrouble
from swexpertise.mail import Trouble, in_short, open_connection, trouble_of

logger = logging.getLogger(__name__)


@transaction.atomic
def note(kind: Trouble, *, at: datetime) -> None:
    """There is one trouble at a time; noting the same again keeps since when it is."""
    MailTrouble.objects.exclude(kind=kind).delete()
    MailTrouble.objects.bulk_create([MailTrouble(kind=kind, since=at)], ignore_conflicts=True)


def look_again(*, now: datetime) -> None:
    """As long as there is trouble: a connection is tried, also when no mail waits, so that what coordinators are told
    is gone when it is over."""
    if not MailTrouble.objects.exists():
        return
    try:
        open_connection().close()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("the mail server is still away: %s", in_short(error))
        note(trouble_of(error), at=now)
    else:
        MailTrouble.objects.all().delete()
