"""Who of several members can see which posts, now: the forward rule asked for each of them, in one query."""

from collections.abc import Iterable

from django.db.models import Value

from accounts.models import User
from discussions.models import Post


def who_sees(asked: Iterable[tuple[User, set[int]]]) -> set[tuple[int, int]]:
    """Pairs of account and post: for each (user, ids of posts) those posts that the user can see and that still say
    something. The rule itself is `Post.objects.visible_to`, once per user, joined by UNION ALL."""
    seen = [
        Post.objects.visible_to(user).live().filter(pk__in=ids).order_by().values_list(Value(user.pk), "pk")
        for user, ids in asked
        if ids
    ]
    if not seen:
        return set()
    first, *others = seen
    return set(first.union(*others, all=True))
