"""watch: how closely a member follows a space or thread. follow: what taking part in a thread does."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from discussions.models import Space, Thread
from notifications.levels import TOLD_BY_LEVEL, Level
from notifications.models import Watch
from notifications.models.watch import level_in


def watch(*, by: User, thing: Space | Thread, level: Level) -> None:
    """From now on; what is planned already is asked about again when it is sent."""
    if not type(thing).objects.visible_to(by).filter(pk=thing.pk).exists():
        raise PermissionDenied(_("This isn't open to you."))
    row: dict[str, Any] = {"space" if isinstance(thing, Space) else "thread": thing}
    Watch.objects.update_or_create(user=by, defaults={"level": Level(level)}, **row)


@transaction.atomic
def follow(*, by: User, thread: Thread) -> None:
    """Whoever writes in a thread follows it, unless they follow it closely already or muted it (N1)."""
    if level_of(by, thread) not in (*TOLD_BY_LEVEL, Level.MUTED):
        Watch.objects.update_or_create(user=by, thread=thread, defaults={"level": Level.FOLLOWING})


def level_of(user: User, thread: Thread) -> Level:
    """The level that counts: the thread's own, else its space's, else normal."""
    return Level(User.objects.filter(pk=user.pk).values_list(level_in(thread), flat=True).get())
