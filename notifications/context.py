"""What the frame of every page asks: the number at "For you", whether mail comes back, whether an answer waits.

One query for all of them, asked only when a template prints one.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications.models import Delivery, Notice, ParkedReply
from notifications.models.reachability import is_stopped

MOST = 99


def nav_unread(request: HttpRequest) -> dict[str, object]:
    """How many unread posts wait in the inbox, up to 99; `mail_is_stopped`; `replies_wait`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    known: Any = SimpleLazyObject(lambda: _facts(user))
    return {
        "nav_unread": SimpleLazyObject(lambda: known["unread"]),
        "mail_is_stopped": SimpleLazyObject(lambda: known["is_stopped"]),
        "replies_wait": SimpleLazyObject(lambda: known["replies_wait"]),
    }


def _facts(user: User) -> dict[str, Any]:
    unread = Delivery.objects.news_for(user).unread().values("pk")[:MOST]
    notices = Notice.objects.visible_to(user).unread().values("pk")[:MOST]
    parked = ParkedReply.objects.visible_to(user).filter(recipient=OuterRef("pk"))
    facts = {
        "unread_ids": ArraySubquery(unread),
        "notice_ids": ArraySubquery(notices),
        "is_stopped": is_stopped(),
        "replies_wait": Exists(parked),
    }
    found = User.objects.visible_to(user).values(**facts).first() or {}
    unread_count = len(found.get("unread_ids", ())) + len(found.get("notice_ids", ()))
    return {"unread": min(MOST, unread_count), "is_stopped": False, "replies_wait": False} | found
