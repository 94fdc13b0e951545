"""An import as a coordinator does it in the browser: hand in, look through, say who is who, bring along, take back.

The row says what is to be done; a worker leases it. A worker that is killed leaves an expired lease, and the next one
begins again: a second run adds nothing.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.actions import imports
from discussions.models import Import, Space
from discussions.models.importing import LEASE, MOST_ATTEMPTS, State
from experts.models import Name


def hand_in(*, by: User, space: Space, file: File, at: datetime) -> Import:
    """Keeps the archive and asks a worker to look through it. PermissionDenied: no coordinator who sees the space."""
    _check(by, space)
    batch = Import(space=space, by=by, file=file, state=State.LOOKING, started_at=at)
    batch.save()
    _wake(batch)
    return batch


def say_who(*, by: User, batch: Import, handles: Mapping[str, str]) -> None:
    """Writes the handle of a member behind addresses of the table; an empty one takes it away."""
    with _changing(by, batch, State.LOOKED) as row:
        for author in row.authors:
            author["handle"] = handles.get(author["address"], author["handle"])
        row.save(update_fields=["authors"])


def begin(*, by: User, batch: Import) -> None:
    with _changing(by, batch, State.LOOKED) as row:
        _ask(row, State.BRINGING)


def ask_back(*, by: User, batch: Import) -> None:
    with _changing(by, batch, State.DONE) as row:
        _ask(row, State.WITHDRAWING)


def discard(*, by: User, batch: Import) -> None:
    """Throws archive and table away; nothing was brought along yet, or what a stopped one brought is taken back."""
    with _changing(by, batch, State.LOOKED, State.FAILED) as row:
        if row.messages.exists():
            _ask(row, State.WITHDRAWING)
        else:
            _throw_away(row)


def work(*, pk: int, now: datetime) -> None:
    """Does what the row asks for, if nobody else is at it."""
    batch = _leased(pk, now)
    if batch is None:
        return
    try:
        {State.LOOKING: _look, State.BRINGING: _bring, State.WITHDRAWING: _withdraw}[State(batch.state)](batch, now)
    except ValidationError as error:
        _stop(batch, error.code or "unreadable")
    except FileNotFoundError:
        _stop(batch, "gone")


def forget(*, now: datetime) -> int:
    """Archives that lay for a week are thrown away. Says how many. Safe to run twice."""
    rows = list(Import.objects.left_lying(now).exclude(messages__isnull=False))
    for row in rows:
        with transaction.atomic():
            _throw_away(row)
    return len(rows)


def names_to_choose(by: User) -> dict[str, Name]:
    """By handle: the members whom a coordinator may write down as an author."""
    names = Name.objects.visible_to(by).filter(holder__isnull=False, retired_at=None)
    return {name.handle: name for name in names.order_by("display_name")}


class Progress:
    """Counts what passes, and says so in the row once a second, which also renews the lease."""

    def __init__(self, batch: Import) -> None:
        self.batch = batch
        self.told = 0.0

    def __call__(self, label: str, done: int, total: int) -> None:
        if time.monotonic() - self.told < 1:
            return
        self.told = time.monotonic()
        lease = timezone.now() + LEASE
        Import.objects.filter(pk=self.batch.pk).update(step=done, steps=total, leased_until=lease)


def _look(batch: Import, now: datetime) -> None:
    with batch.file.open("rb") as stream:
        report = imports.look_through(
            files=[("", cast(BinaryIO, stream))], space=batch.space, authors={}, now=now, tell=Progress(batch)
        )
    batch.authors = [
        {"address": address, "messages": count, "handle": ""} for address, count in report.writers if address
    ]
    batch.report = report.as_json()
    _rest(batch, State.LOOKED, "authors", "report")


def _bring(batch: Import, now: datetime) -> None:
    names = {name.handle: name for name in Name.objects.filter(holder__isnull=False, retired_at=None)}
    table = {row["address"]: names[row["handle"]] for row in batch.authors if row["handle"] in names}
    with batch.file.open("rb") as stream:
        imports.bring(
            files=[("", cast(BinaryIO, stream))],
            space=batch.space,
            authors=table,
            now=now,
            tell=Progress(batch),
            batch=batch,
        )
    batch.file.delete(save=False)
    batch.authors = []
    _rest(batch, State.DONE, "authors", "file")


def _withdraw(batch: Import, now: datetime) -> None:
    batch.file.delete(save=False)
    if imports.take_back(batch=batch):
        batch.report["stayed"] = batch.messages.values("post__thread").distinct().count()
        _rest(batch, State.DONE, "file", "report")


def _rest(batch: Import, state: State, *changed: str) -> None:
    batch.state, batch.leased_until, batch.attempts, batch.step, batch.steps = state, None, 0, 0, 0
    batch.save(update_fields=["state", "leased_until", "attempts", "step", "steps", *changed])


def _stop(batch: Import, why: str) -> None:
    batch.failure = why
    _rest(batch, State.FAILED, "failure")


def _ask(row: Import, state: State) -> None:
    _rest(row, state)
    _wake(row)


@transaction.atomic
def _leased(pk: int, now: datetime) -> Import | None:
    rows = Import.objects.due(now).select_related("space").select_for_update(of=("self",), skip_locked=True)
    batch = rows.filter(pk=pk).first()
    if batch is None:
        return None
    if batch.attempts >= MOST_ATTEMPTS:
        _stop(batch, "crashed")
        return None
    batch.attempts += 1
    batch.leased_until = now + LEASE
    batch.save(update_fields=["attempts", "leased_until"])
    return batch


def _throw_away(row: Import) -> None:
    file = row.file
    row.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name) if file.name else None)


def _wake(batch: Import) -> None:
    from discussions.tasks import work_on_import  # the task calls this module

    transaction.on_commit(lambda: work_on_import.delay(batch.pk), robust=True)


def _check(by: User, space: Space) -> None:
    if not permissions.may_coordinate(by) or not Space.objects.visible_to(by).filter(pk=space.pk).exists():
        raise PermissionDenied(_("Only coordinators bring an archive along."))


@contextmanager
def _changing(by: User, batch: Import, *states: State) -> Iterator[Import]:
    """The row of an import, locked, while it is in one of `states`; another state is refused in words."""
    _check(by, batch.space)
    with transaction.atomic():
        row = Import.objects.select_for_update().filter(pk=batch.pk, state__in=states).first()
        if row is None:
            raise ValidationError(_("This import has gone on meanwhile. Look at how it stands now."), code="stale")
        yield row
