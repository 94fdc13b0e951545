"""What a member has read of a thread: exact, per post (D5).

One row per member and thread holds a PostgreSQL `int4multirange` of post numbers. Numbers are dense within a thread, so
that a thread read from top to bottom is one range however long it is. No row: never opened.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from accounts.models import User
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


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ReadingQuerySet:
        """One's own: what somebody reads is nobody else's affair."""
        return self.filter(user=viewer) if viewer.is_authenticated else self.none()


class Reading(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="readings")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    read = NumbersField(default=numbers)
    read_at = models.DateTimeField(default=timezone.now)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="one_reading_per_thread")]
