"""Unread posts as expressions on a thread: what was handed out, less what is read, less what is deleted.

The set of unread numbers is computed from two values (the last number, the ranges read), so that a long thread read to
the end costs as little as a short one; only deleted posts are looked up, through their own small index.
"""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Func
from django.db.models.sql.compiler import SQLCompiler


class Unread(Func):
    """Unread("pk", "last_number", "…read"): how many posts that say something are not in `read` (NULL: none is)."""

    output_field = models.IntegerField()
    arity = 3

    def as_sql(  # type: ignore[override]  # Func's templates aren't used
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        (thread, one), (last, two), (read, three) = (compiler.compile(part) for part in self.source_expressions)
        sql = (
            f"(SELECT coalesce(sum(upper(gap) - lower(gap)), 0)::integer"  # noqa: S608  of compiled parts, no values
            f" FROM unnest(int4multirange(int4range(1, {last} + 1)) - coalesce({read}, '{{}}')) AS gap)"
            f" - (SELECT count(*) FROM discussions_post AS dead WHERE dead.thread_id = {thread}"
            f" AND dead.deleted_at IS NOT NULL AND NOT dead.number <@ coalesce({read}, '{{}}'))::integer"
        )
        return f"({sql})", (*two, *three, *one, *three)


class EveryNumber(Func):
    """EveryNumber("last_number"): the numbers 1 up to and including it, as a multirange."""

    template = "int4multirange(int4range(1, %(expressions)s + 1))"
    arity = 1
