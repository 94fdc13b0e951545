"""What the frame of every page asks: the number at "For you", whether mail comes back, whether an answer waits; and
of coordinators, whether mail leaves at all.

One query for all of them, asked only when a template prints one.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications.models import Delivery, MailTrouble, Notice, ParkedReply
from notifications.models.reachability import is_stopped
from swexpertise.prepared import prepared

MOST = 99


def nav_unread(request: HttpRequest) -> dict[str, object]:
    """How many unread posts wait in the inbox, up to 99; `mail_is_stopped`; `replies_wait`; `mail_trouble`, which
    counts as one unread thing until it is over."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    known: Any = SimpleLazyObject(lambda: _facts(user))
    return {
        "nav_unread": SimpleLazyObject(lambda: known["unread"]),
        "mail_is_stopped": SimpleLazyObject(lambda: known["is_stopped"]),
        "replies_wait": SimpleLazyObject(lambda: known["replies_wait"]),
        "mail_trouble": SimpleLazyObject(lambda: known["trouble"]),
    }


def _facts(user: User) -> dict[str, Any]:
    rows = frame(user)
    if not rows:
        return {"unread": 0, "is_stopped": False, "replies_wait": False, "trouble": None}
    unread_ids, notice_ids, is_stopped_now, replies_wait, kind = rows[0]
    trouble = MailTrouble(kind=kind) if kind else None
    unread = min(MOST, len(unread_ids) + len(notice_ids) + bool(trouble))
    return {"unread": unread, "is_stopped": is_stopped_now, "replies_wait": replies_wait, "trouble": trouble}


@prepared
def frame(user: User) -> QuerySet[User, tuple[Any, ...]]:
    """Unread deliveries and notices by key, up to 99 of each; whether mail is stopped; whether answers wait; the kind
    of trouble with mail."""
    unread = Delivery.objects.news_for(user).unread().values("pk")[:MOST]
    notices = Notice.objects.visible_to(user).unread().values("pk")[:MOST]
    parked = ParkedReply.objects.visible_to(user).filter(recipient=OuterRef("pk"))
    trouble = MailTrouble.objects.visible_to(user).values("kind")[:1]
    return User.objects.visible_to(user).values_list(
        ArraySubquery(unread), ArraySubquery(notices), is_stopped(), Exists(parked), Subquery(trouble)
    )
