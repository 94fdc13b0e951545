"""send: a member's own sample mail, to themselves. Asked for by them, so it isn't told of anything."""

import logging
import smtplib
from datetime import datetime

from accounts.models import User
from notifications.models import MailKey, Reachability
from notifications.sample import sample_for
from swexpertise.mail import deliver, in_short

logger = logging.getLogger(__name__)


def send(*, pk: int, now: datetime) -> bool:
    """Whether it left. Not to an address whose mail comes back; a refusal is logged and not tried again."""
    user = User.objects.active().filter(pk=pk).first()
    if user is None or Reachability.objects.stopped().filter(user=user).exists():
        return False
    key, _made = MailKey.objects.get_or_create(user=user)
    try:
        deliver(sample_for(user, at=now, key=key))
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("a sample mail was not taken: %s", in_short(error))
        return False
    return True
