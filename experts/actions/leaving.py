"""part: the names of an erased account go, each at a moment of its own. lapse: one goes (P13, P7).

All at once would say whose they are: whoever looks sees them become “former member” together. So the first name, by
which the member was known, goes with the account, and every other one at a random moment in four weeks. Until then it
is held by an account of nobody, and looks as it did.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import transaction

from accounts.actions.erasing import stand_in
from accounts.models import User
from experts.models import Leaving, Name, Profile, TakenSpelling
from experts.signals import name_lapsed
from experts.spelling import skeleton

WITHIN = timedelta(days=28)
# Whoever wrote something under a name that went: the same for all of them, so that nothing joins what one person said.
NOBODY = "voormaliglid"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def at_random() -> timedelta:
    """Between an hour and four weeks, to the second."""
    hour = 3600
    return timedelta(seconds=hour + secrets.randbelow(int(WITHIN.total_seconds()) - hour))


def part(*, user: User, at: datetime, delay: Callable[[], timedelta] = at_random) -> None:
    """The caller erases the account in this transaction."""
    for name in Name.objects.filter(holder=user).order_by("pk").select_for_update(of=("self",)):
        if name.is_first:
            lapse(name)
        else:
            name.holder = stand_in(joined_at=name.created_at)
            name.save(update_fields=["holder"])
            Leaving.objects.create(name=name, lapses_at=at + delay())


def sweep(*, now: datetime) -> int:
    """How many names went. Safe to run twice, and to be cut off: each name is a transaction."""
    count = 0
    for pk in Leaving.objects.due(now).values_list("name", flat=True):
        with transaction.atomic():
            name = Name.objects.filter(leaving__lapses_at__lte=now, pk=pk).select_for_update(of=("self",)).first()
            if name is not None:
                lapse(name)
                count += 1
    return count


@transaction.atomic
def lapse(name: Name) -> None:
    """What was said stays, from nobody; profile, portrait, seats and mandates go."""
    holder = name.holder
    name_lapsed.send(Name, name=name, nobody=nobody())
    TakenSpelling.objects.take(name.skeleton or skeleton(name.display_name))
    portrait = Profile.objects.filter(name=name).exclude(portrait="").first()
    if portrait is not None:
        transaction.on_commit(partial(portrait.portrait.storage.delete, str(portrait.portrait.name)))
    is_left = Leaving.objects.filter(name=name).exists()
    name.delete()
    if is_left and holder is not None:
        holder.delete()


def nobody() -> Name:
    """One row for all who went."""
    return Name.objects.get_or_create(key=NOBODY, defaults=_plain(NOBODY))[0]


def nobody_apart() -> Name:
    """Likewise, for one place where two of them must not be taken for one."""
    name = Name(created_at=LONG_AGO)
    for field, value in _plain(name.key).items():
        setattr(name, field, value)
    name.save(force_insert=True)
    return name


def _plain(key: str) -> dict[str, object]:
    return {
        "holder": None,
        "display_name": f"Voormalig lid {key}",
        "handle": f"weg-{key}",
        "colour": 1,
        "retired_at": LONG_AGO,
        "created_at": LONG_AGO,
    }
