"""What may stand in mail: the strictest of member, space, thread and author wins (N3)."""

from datetime import datetime
from functools import cache

from accounts.audiences import Audience
from accounts.models.preferences import MailDetail
from discussions.models import Poll, Post
from letters.models import Letter

FROM_OPEN_TO_CLOSED = [MailDetail.FULL, MailDetail.TITLES, MailDetail.DISCREET]


@cache
def strictest(*details: str) -> MailDetail:
    return max((MailDetail(detail) for detail in details), key=FROM_OPEN_TO_CLOSED.index)


def allowed_by(said: Post | Poll) -> MailDetail:
    """What the space, the thread and whoever wrote or asked it let stand in a mail about `said`, as they say now."""
    return strictest(said.thread.space.mail_detail, said.thread.mail_detail, said.author.mail_detail)


def allowed_of_letter(letter: Letter) -> MailDetail:
    """A letter is there to be read; only what coordinators alone may see is not named in mail."""
    return MailDetail.DISCREET if letter.audience == Audience.COORDINATORS else MailDetail.FULL


def chosen_at(moment: datetime, detail: str, changed_at: datetime | None) -> MailDetail:
    """What the member had chosen at `moment`. What happened before they chose anew is told discreetly, whatever they
    choose now: the choice is kept and not its history."""
    return MailDetail.DISCREET if changed_at is not None and moment < changed_at else MailDetail(detail)
