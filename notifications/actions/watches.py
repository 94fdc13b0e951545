"""watch: how closely a member follows a space, thread, topic or letter. follow: what taking part in a thread does.
mute, hear: whether what is written under a name reaches a member. copy, join, join_topics: what follows from a split
and a merge; of_both, part, take_back: and from undoing them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions.models import Space, TaggedThread, Thread
from experts.models import Name, Topic
from letters.models import Letter
from notifications.levels import AS_SPACE, TOLD_BY_LEVEL, Level
from notifications.models import Watch
from notifications.models.watch import level_among, level_in
from swexpertise.prepared import prepared

Thing = Space | Thread | Topic | Letter
MOST_MUTED = 200


def watch(*, by: User, thing: Thing, level: str, at: datetime | None = None) -> None:
    """From now on; what is planned already is asked about again when it is sent. A topic is followed or it isn't; of a
    letter that isn't, one doesn't hear as new either; a thread can be put back to be as its space and topics
    (`AS_SPACE`)."""
    if not type(thing).objects.visible_to(by).filter(pk=thing.pk).exists():
        raise PermissionDenied(_("This isn't open to you."))
    if level != AS_SPACE or not isinstance(thing, Thread):
        level = Level(level)
    if isinstance(thing, Letter):
        level = level if level in TOLD_BY_LEVEL else Level.MUTED
        Watch.objects.update_or_create(
            user=by, letter=thing, defaults={"level": level, "chosen_at": at or timezone.now()}
        )
    elif not isinstance(thing, Topic):
        row: dict[str, Any] = {"space" if isinstance(thing, Space) else "thread": thing}
        Watch.objects.update_or_create(user=by, defaults={"level": level, "chosen_at": at or timezone.now()}, **row)
    elif level in TOLD_BY_LEVEL:
        Watch.objects.update_or_create(
            user=by, topic=thing, defaults={"level": level, "chosen_at": at or timezone.now()}
        )
    else:
        Watch.objects.filter(user=by, topic=thing).delete()


def mute(*, by: User, name: Name) -> None:
    """What is written under `name` isn't told to `by` any more; it stays readable. Nobody learns of it."""
    if not Name.objects.visible_to(by).filter(pk=name.pk).exists():
        raise PermissionDenied(_("This isn't open to you."))
    if name.holder_id == by.pk:
        raise ValidationError(_("This is a name of your own. You are never told of what you write yourself."))
    if Watch.objects.filter(user=by, name__isnull=False).count() >= MOST_MUTED:
        raise ValidationError(
            _("You muted %(most)d names already. Let one be heard again first."), params={"most": MOST_MUTED}
        )
    Watch.objects.get_or_create(user=by, name=name, defaults={"level": Level.MUTED})


def hear(*, by: User, name: Name) -> None:
    Watch.objects.filter(user=by, name=name).delete()


@transaction.atomic
def follow(*, by: User, thread: Thread) -> None:
    """Whoever writes in a thread follows it, unless they follow it closely already or muted it (N1)."""
    if level_of(by, thread) not in (*TOLD_BY_LEVEL, Level.MUTED):
        Watch.objects.update_or_create(
            user=by, thread=thread, defaults={"level": Level.FOLLOWING, "chosen_at": timezone.now()}
        )


def level_of(user: User, thread: Thread) -> Level:
    """The level that counts: the thread's own, else its space's, else normal."""
    return Level(User.objects.filter(pk=user.pk).values_list(level_in(thread), flat=True).get())


@prepared
def _rows_about(user: User, *, thread: int, space: int) -> QuerySet[Watch, tuple[int | None, int | None, str]]:
    topics = TaggedThread.objects.filter(content_object=thread).values("tag")
    rows = Watch.objects.filter(Q(thread=thread) | Q(space=space) | Q(topic__in=topics), user=user)
    return rows.values_list("thread", "space", "level")


def levels_in(user: User, thread: Thread) -> tuple[str, Level, bool]:
    """Their own choice for `thread` (AS_SPACE: none), what counts without it, and whether a topic has a say in that.
    One query, of rows of their own: whoever asks sees the thread."""
    found = _rows_about(user, thread=thread.pk, space=thread.space_id)
    own = next((level for of_thread, _space, level in found if of_thread), AS_SPACE)
    of_space = next((level for _thread, space, level in found if space), None)
    of_topics = [level for of_thread, space, level in found if not of_thread and not space]
    return own, level_among(None, of_space, of_topics), bool(of_topics)


def copy(thread: Thread, new: Thread) -> None:
    """Everybody follows `new` as they followed `thread`, which it was split off. Two statements."""
    rows = Watch.objects.filter(thread=thread).exclude(level=AS_SPACE).values_list("user", "level")
    Watch.objects.bulk_create(
        [Watch(user_id=user, thread=new, level=level) for user, level in rows], ignore_conflicts=True
    )


def join(gone: Thread, stays: Thread) -> None:
    """`gone` went into `stays`. Who muted what stays keeps their rest. Else the nearest of both counts; a mute of what
    is gone goes along only where nothing was chosen for what stays. Five statements and one for each level."""
    Watch.objects.filter(thread__in=[gone, stays], level=AS_SPACE).delete()
    _join("thread", gone.pk, stays.pk)


def join_topics(gone: Topic, stays: Topic) -> None:
    """As of threads; a topic is followed or watched, and never muted."""
    _join("topic", gone.pk, stays.pk)


def of_both(gone: Thread, stays: Thread) -> list[list[Any]]:
    """What a merge is about to change, as JSON: for each member their key, whether it is about `gone`, level, since
    when."""
    there = Watch.objects.filter(thread=gone)
    changes = Q(thread=gone) | Q(thread=stays, user__in=there.values("user")) | Q(thread=stays, level=AS_SPACE)
    rows = Watch.objects.filter(changes).order_by("pk").values_list("user", "thread", "level", "chosen_at")
    return [[user, thread == gone.pk, level, at.isoformat()] for user, thread, level, at in rows]


def part(stays: Thread, gone: Thread, before: list[list[Any]]) -> None:
    """A merge is undone: everybody follows both as `before` (from `of_both`) says, but for those who chose since."""
    members = set(User.objects.filter(pk__in={user for user, *_rest in before}).values_list("pk", flat=True))
    rows = [
        Watch(user_id=user, thread=gone if is_gone else stays, level=level, chosen_at=datetime.fromisoformat(at))
        for user, is_gone, level, at in before
        if user in members
    ]
    as_then = {(row.user_id, row.chosen_at) for row in rows}
    now = Watch.objects.filter(thread=stays, user__in=members).values_list("pk", "user", "chosen_at")
    Watch.objects.filter(pk__in=[pk for pk, user, at in now if (user, at) in as_then]).delete()
    Watch.objects.bulk_create(rows, ignore_conflicts=True)


def take_back(gone: Thread, stays: Thread) -> None:
    """A split is undone: what follows both alike is one again; who chose otherwise since is asked as after a merge."""
    alike = Watch.objects.filter(thread=stays, user=OuterRef("user"), level=OuterRef("level"))
    there = Watch.objects.filter(thread=gone)
    there.filter(Exists(alike)).delete()
    if there.exists():
        join(gone, stays)


def _join(thing: str, gone: int, stays: int) -> None:
    rows = Watch.objects.filter(**{thing: stays})
    here = dict(rows.values_list("user", "level"))
    there = Watch.objects.filter(**{thing: gone}, user__in=here)
    nearer: dict[str, list[int]] = {}
    for user, level in there.values_list("user", "level"):
        if here[user] != Level.MUTED and _nearness(level) < _nearness(here[user]):
            nearer.setdefault(level, []).append(user)
    for level, users in nearer.items():
        rows.filter(user__in=users).update(level=level)
    there.delete()
    Watch.objects.filter(**{thing: gone}).update(**{f"{thing}_id": stays})


def _nearness(level: str) -> int:
    return Level.values.index(level)
