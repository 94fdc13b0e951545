"""What the frame of every page asks: the number at "For you", whether mail comes back, whether an answer waits; and
of coordinators, whether mail leaves at all.

One query for all of them, asked only when a template prints one.
"""

from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications.models import Delivery, MailTrouble, Notice, ParkedReply
from notifications.models.reachability import is_stopped

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
    sql, params = statement(user.pk, user.role, user.is_active)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    if row is None:
        return {"unread": 0, "is_stopped": False, "replies_wait": False, "trouble": None}
    unread_ids, notice_ids, is_stopped_now, replies_wait, kind = row
    trouble = MailTrouble(kind=kind) if kind else None
    unread = min(MOST, len(unread_ids) + len(notice_ids) + bool(trouble))
    return {"unread": unread, "is_stopped": is_stopped_now, "replies_wait": replies_wait, "trouble": trouble}


@lru_cache(maxsize=512)
def statement(pk: int, role: str, is_active: bool) -> tuple[str, tuple[Any, ...]]:
    """The question as SQL with its parameters, for the account `pk` with this role.

    Every page asks it, and putting the rules together in words of SQL takes longer than the answer does; so they are
    kept for an account. All that the rules may ask of an account itself stands in the arguments, since they are asked
    of one made of nothing else; the rest they ask of the database, each time.
    """
    user = User(pk=pk, role=role, is_active=is_active)
    unread = Delivery.objects.news_for(user).unread().values("pk")[:MOST]
    notices = Notice.objects.visible_to(user).unread().values("pk")[:MOST]
    parked = ParkedReply.objects.visible_to(user).filter(recipient=OuterRef("pk"))
    trouble = MailTrouble.objects.visible_to(user).values("kind")[:1]
    asked = User.objects.visible_to(user).values_list(
        ArraySubquery(unread), ArraySubquery(notices), is_stopped(), Exists(parked), Subquery(trouble)
    )
    return asked.query.get_compiler(connection=connection).as_sql()
