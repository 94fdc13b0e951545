"""What a member has read of a thread: exact, per post (D5).

One row per member and thread holds a PostgreSQL `int4multirange` of post numbers. Numbers are dense within a thread,
so that a thread read from top to bottom is one range however long it is. No row: never opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models.functions import Cast
from django.utils import timezone
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from accounts.models import User
from discussions.laying import Run
from discussions.models.thread import Thread


class NumbersField(models.Field):
    """A set of whole numbers kept as an `int4multirange`; a psycopg `Multirange` in Python."""

    def db_type(self, connection: object) -> str:
        return "int4multirange"

    def get_prep_value(self, value: object) -> object:
        return value if isinstance(value, Multirange) else numbers(value)  # type: ignore[arg-type]  # an iterable

    def to_python(self, value: object) -> object:
        return value


def numbers(values: Iterable[int] = ()) -> Multirange:
    """The multirange that holds exactly `values`."""
    return Multirange([Range(value, value + 1) for value in sorted(set(values))])


def ranges(read: Multirange | None) -> list[tuple[int, int]]:
    """The parts of a set of numbers as (from, up to but not including), the lowest first."""
    return [(part.lower, part.upper) for part in read or ()]  # type: ignore[misc]  # no part is open-ended


def gaps(read: Multirange | None, last: int) -> list[tuple[int, int]]:
    """What of the numbers 1 to `last` is not in `read`, as (from, up to but not including)."""
    unread, at = [], 1
    for low, high in ranges(read):
        if low > at:
            unread.append((at, min(low, last + 1)))
        at = max(at, high)
    if at <= last:
        unread.append((at, last + 1))
    return [(low, high) for low, high in unread if low < high]


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ReadingQuerySet:
        """One's own: what somebody reads is nobody else's affair."""
        return self.filter(user=viewer) if viewer.is_authenticated else self.none()

    def add(self, user: User, threads: models.QuerySet[Thread], read: models.Expression, at: datetime) -> list[int]:
        """Adds `read`, an expression on a thread, to what `user` has read of each; gives the threads where it
        changed anything. One statement, so that two tabs at once lose nothing.

        The threads are held meanwhile against being split or merged, and looked at again when that went before."""
        rows = threads.order_by("pk").values_list("pk", Cast(read, NumbersField()))
        sql, params = rows.query.sql_with_params()
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (user_id, thread_id, read, read_at) "  # noqa: S608  values are parameters
                f"SELECT %s, thread.pk, thread.read, %s FROM ({sql} FOR KEY SHARE) AS thread (pk, read) "
                f"ON CONFLICT (user_id, thread_id) DO UPDATE SET read = {table}.read + EXCLUDED.read, "
                f"read_at = EXCLUDED.read_at WHERE NOT {table}.read @> EXCLUDED.read RETURNING thread_id",
                [user.pk, at, *params],
            )
            return [thread for (thread,) in cursor.fetchall()]

    def rearrange(self, runs: Iterable[Run]) -> None:
        """What everybody has read of the threads that `runs` tell of, in the numbers that the posts have now. One
        statement; the caller has locked the threads."""
        table = self.model._meta.db_table
        columns = [[getattr(run, name) for run in runs] for name in ("before", "now", "low", "high", "shift")]
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH run AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[]) "  # noqa: S608  values are parameters
                "AS run (before, now, low, high, shift)), "
                f"old AS (DELETE FROM {table} WHERE thread_id IN (SELECT before FROM run) RETURNING *) "
                f"INSERT INTO {table} (user_id, thread_id, read, read_at) "
                "SELECT old.user_id, run.now, range_agg(int4range(greatest(lower(part), run.low) + run.shift, "
                "least(upper(part), run.high) + run.shift)), max(old.read_at) "
                "FROM old CROSS JOIN LATERAL unnest(old.read) AS part "
                "JOIN run ON run.before = old.thread_id AND part && int4range(run.low, run.high) "
                "GROUP BY old.user_id, run.now",
                columns,
            )


class Reading(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="readings")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    read = NumbersField(default=numbers)
    read_at = models.DateTimeField(default=timezone.now)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="one_reading_per_thread")]
