"""Who of several members can see which posts, now: the forward rule asked for all of them in one query.

The rule is `Post.objects.visible_to`, written once. Here its SQL is taken for a stand-in of each role, and run with
the column of the members asked about in its place. A test holds the answer equal to asking one by one.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.models.user import Role
from discussions.models import GroupMention, Post

MEMBER, POST = -7_310_442_001, -7_310_442_002  # keys that no row has: marks for the places of the columns


def who_sees(asked: Iterable[tuple[User, set[int]]]) -> set[tuple[int, int]]:
    """Pairs of account and post: for each (user, ids of posts) those posts that the user can see and that still say
    something. One query, however many are asked about."""
    alike: dict[tuple[str, bool, bool], list[tuple[int, int]]] = defaultdict(list)
    for user, posts in asked:
        # What the rule may read of a viewer beside their key.
        alike[user.role, user.is_active, user.is_superuser] += [(user.pk, post) for post in posts]
    parts: list[str] = []
    params: list[Any] = []
    for (role, is_active, is_superuser), pairs in alike.items():
        stand_in = User(pk=MEMBER, role=role, is_active=is_active, is_superuser=is_superuser)
        try:
            rule, values = _rule_for(stand_in)
        except EmptyResultSet:
            continue  # the rule shows them nothing at all
        parts.append(
            "SELECT asked.member, asked.post FROM unnest(%s::bigint[], %s::bigint[]) AS asked (member, post) "  # noqa: S608  Django's own SQL of the rule, every value a parameter
            f"WHERE EXISTS ({rule})"
        )
        params += [[member for member, _post in pairs], [post for _member, post in pairs], *values]
    if not parts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return set(cursor.fetchall())


def _rule_for(viewer: User) -> tuple[str, list[Any]]:
    """The rule as SQL in which the marks have become columns, and the parameters that are left."""
    sql, params = (
        Post.objects.visible_to(viewer).live().filter(pk=POST).order_by().values("pk").query.sql_with_params()
    )
    columns = {MEMBER: "asked.member", POST: "asked.post"}
    first, *rest = sql.split("%s")
    text = first + "".join(columns.get(value, "%s") + piece for value, piece in zip(params, rest, strict=True))
    return text, [value for value in params if value not in columns]


def in_a_group(post: int | OuterRef, account: str = "") -> Q:
    """Whether an account is in a group that is called in `post`, as a condition: on accounts, or on rows from which
    `account` leads to one ("recipient__").

    A circle counts as it is now; a call without a circle is for the coordinators. Whether they see the post is asked
    by itself.
    """
    called = GroupMention.objects.filter(post=post)
    circles = called.filter(circle__memberships__user=OuterRef(f"{account}pk"))
    coordinates = Q(**{f"{account}role__in": [Role.COORDINATOR, Role.ADMINISTRATOR]})
    return Q(Exists(circles)) | coordinates & Q(Exists(called.filter(circle=None)))
