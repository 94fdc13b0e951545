"""Who is called together: `@kerngroep` calls a circle, `@coordinatoren` the coordinators.

A circle is called by whoever may know of it; from anybody else the word stays a word, and nobody learns that there is
such a circle. Of those called only who can see the thread is told: that is asked when telling.

Whoever is told so learns that the writer knows the circle: is in it, or coordinates. So “a member” and a further name
call a circle only in that circle's own space, where it is known of everybody who writes (P7, D12).
"""

from collections.abc import Iterable

from accounts.models import Circle, User
from discussions.models import GroupMention, Post
from experts.actions.names import GROUPS as COORDINATORS


def called(handles: Iterable[str], *, post: Post, by: User) -> set[int | None]:
    """The circles behind `handles` in `post`, by key; None stands for the coordinators."""
    words = set(handles)
    circles = Circle.objects.visible_to(by).filter(slug__in=words - COORDINATORS)
    if not post.author.is_first:
        here = post.thread.space.circle_id
        circles = circles.filter(pk=here) if here else circles.none()
    found: set[int | None] = set(circles.values_list("pk", flat=True)) if words - COORDINATORS else set()
    return found | {None} if words & COORDINATORS else found


def keep(post: Post, handles: Iterable[str], *, by: User, is_new: bool = False) -> int:
    """Makes the rows of `post` match `handles`; gives how many groups are called for the first time."""
    now = called(handles, post=post, by=by)
    mine = GroupMention.objects.filter(post=post)
    before = {} if is_new else {row.circle_id: row.pk for row in mine}
    if gone := [pk for circle, pk in before.items() if circle not in now]:
        mine.filter(pk__in=gone).delete()
    fresh = [GroupMention(post=post, circle_id=circle) for circle in now if circle not in before]
    if fresh:
        GroupMention.objects.bulk_create(fresh)
    return len(fresh)
