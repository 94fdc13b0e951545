"""Who of several members can see which posts or letters, now: the forward rule asked for all of them in one query.

The rule is `visible_to`, written once, or another that asks it. Here its SQL is taken for a stand-in of each role, and
run with the column of the members asked about in its place. A test holds the answer equal to asking one by one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.models.user import Role
from discussions.models import GroupMention, Post
from letters.models import Letter

MEMBER, THING = -7_310_442_001, -7_310_442_002  # keys that no row has: marks for the places of the columns
Rule = Callable[[User], QuerySet[Any]]  # what a viewer sees


def posts(viewer: User) -> QuerySet[Post]:
    """That still say something."""
    return Post.objects.visible_to(viewer).live()


def letters(viewer: User) -> QuerySet[Letter]:
    return Letter.objects.visible_to(viewer)


def who_sees(asked: Iterable[tuple[User, set[int]]], rule: Rule = posts) -> set[tuple[int, int]]:
    """Pairs of account and thing: for each (user, ids) those that the user can see. One query, however many are asked
    about."""
    return who_sees_each((user, rule, keys) for user, keys in asked)[rule]


def who_sees_each(asked: Iterable[tuple[User, Rule, set[int]]]) -> dict[Rule, set[tuple[int, int]]]:
    """As `who_sees`, for things of several kinds, each with its rule; still one query."""
    alike: dict[tuple[Rule, str, bool, bool], list[tuple[int, int]]] = defaultdict(list)
    for user, rule, keys in asked:
        # What a rule may read of a viewer beside their key.
        alike[rule, user.role, user.is_active, user.is_superuser] += [(user.pk, key) for key in keys]
    rules = list(dict.fromkeys(rule for rule, *_viewer in alike))
    parts: list[str] = []
    params: list[Any] = []
    for (rule, role, is_active, is_superuser), pairs in alike.items():
        stand_in = User(pk=MEMBER, role=role, is_active=is_active, is_superuser=is_superuser)
        try:
            sql, values = _as_sql(rule, stand_in)
        except EmptyResultSet:
            continue  # the rule shows them nothing at all
        if not pairs:
            continue
        parts.append(
            "SELECT %s::int, asked.member, asked.thing "  # noqa: S608  Django's own SQL of the rule, every value a parameter
            "FROM unnest(%s::bigint[], %s::bigint[]) AS asked (member, thing) "
            f"WHERE EXISTS ({sql})"
        )
        params += [rules.index(rule), [member for member, _key in pairs], [key for _member, key in pairs], *values]
    seen: dict[Rule, set[tuple[int, int]]] = defaultdict(set)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for number, member, key in cursor.fetchall():
                seen[rules[number]].add((member, key))
    return seen


def _as_sql(rule: Rule, viewer: User) -> tuple[str, list[Any]]:
    """The rule as SQL in which the marks have become columns, and the parameters that are left."""
    sql, params = rule(viewer).filter(pk=THING).order_by().values("pk").query.sql_with_params()
    columns = {MEMBER: "asked.member", THING: "asked.thing"}
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
