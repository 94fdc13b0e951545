"""Questions that a page asks each time in the same words: put into SQL once for a role, and asked with the values.

Django makes the SQL of a queryset anew each time, and with the rules in it (`visible_to`) that takes longer than
PostgreSQL takes to answer (ADR 42). A function with `@prepared` makes the queryset from a viewer and values, given by
name; it is called with marks in place of all of them, its SQL is kept, and from then on only the values are filled in.

    @prepared
    def thread_of_page(viewer: Viewer, *, pk: int) -> ThreadQuerySet:
        return Thread.objects.visible_to(viewer).filter(pk=pk)

    found = thread_of_page(request.user, pk=12)  # a list of threads, one query

What is kept holds no value of anybody. A rule may ask of the viewer: whether it is a visitor, its key, its role,
whether it is active. What is asked of the database is asked each time. Refused, when it is first asked in a role:
- a rule that reads anything else of an account (`Unprepared`);
- a queryset whose SQL depends on the values or on the moment: it is made twice, with different marks, and the two may
  differ in nothing but the marks. A fork that both marks take the same way isn't noticed; what forks is no value.

A value is an integer, a text, a moment, or a list of integers or texts; a list may only be asked with `__in`. What
stands before the asterisk, but for the viewer, is part of the form of the question: each of its values is put into SQL
by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache, update_wrapper
from inspect import signature
from typing import Any, Generic, NoReturn, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language

Row = TypeVar("Row")
Value = int | str | datetime | Sequence[int] | Sequence[str]

_PLACE = re.compile(r"%[s%]")
# Numbers near the end of what the smallest of our columns holds, so that a mark can stand for any key or number.
_FIRST_MARKS = (2_147_400_000, 2_147_450_001)
_MOST_MARKS = 50_000
_FAR = datetime(7000, 1, 1, tzinfo=UTC)  # marks that stand for a moment are as many seconds later


class Unprepared(Exception):
    """This question can't be kept as SQL: the message says why."""


class Prepared(Generic[Row]):
    """See the module."""

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self.make = make
        update_wrapper(self, make)
        parameters = signature(make).parameters.values()
        self.names = tuple(one.name for one in parameters if one.kind is one.KEYWORD_ONLY)
        self._statement = lru_cache(maxsize=512)(self._put_into_sql)

    def __call__(self, viewer: Any, *form: Hashable, **values: Value) -> list[Row]:
        """The rows that the queryset has for `viewer` and these values; one query, none when there can't be any."""
        if set(values) != set(self.names):
            raise TypeError(f"{self.make.__name__} is asked with {', '.join(self.names)}.")
        given = tuple(values[name] for name in self.names)
        kinds = tuple(_kind(value) for value in given)
        if viewer.is_authenticated:
            account, pk = (viewer.role, viewer.is_active), viewer.pk
        else:
            account, pk = None, None
        statement = self._statement(account, form, kinds, get_language())
        return [] if statement is None else statement.rows([pk, *given])

    def forget(self) -> None:
        """For tests that change a rule while the process runs."""
        self._statement.cache_clear()

    def _put_into_sql(
        self,
        account: tuple[str, bool] | None,
        form: tuple[Hashable, ...],
        kinds: tuple[str, ...],
        language: str,
    ) -> _Statement[Row] | None:
        del language  # a queryset may depend on it, so it is part of the key
        one, other = (
            self._made(account, form, [_Mark(first + place, kind) for place, kind in enumerate(("int", *kinds))])
            for first in _FIRST_MARKS
        )
        if one is None or other is None:
            if one is not other:
                raise Unprepared(f"{self.make.__name__}: whether there can be an answer depends on the values.")
            return None
        if one.pieces != other.pieces or one.params != other.params or one.places != other.places:
            raise Unprepared(f"{self.make.__name__}: its SQL depends on the values or on the moment.")
        return one

    def _made(
        self, account: tuple[str, bool] | None, form: tuple[Hashable, ...], marks: list[_Mark]
    ) -> _Statement[Row] | None:
        viewer = AnonymousUser() if account is None else _somebody(marks[0].value, *account)
        values = {name: mark.as_value for name, mark in zip(self.names, marks[1:], strict=True)}
        with connection.execute_wrapper(_refuse):
            queryset = self.make(viewer, *form, **values)
            try:
                return _Statement(self.make.__name__, queryset, marks)
            except EmptyResultSet:
                return None


def prepared(make: Callable[..., QuerySet[Any, Row]]) -> Prepared[Row]:
    return Prepared(make)


class _Mark:
    """Stands for a value while the SQL is made. `value` is what arrives among the parameters."""

    def __init__(self, number: int, kind: str) -> None:
        self.is_list, self.is_empty = kind.startswith("list"), kind == "list of none"
        self.value: int | str | datetime
        if kind == "moment":
            self.value = _FAR + timedelta(seconds=number)
        else:
            self.value = number if kind.endswith("int") else f"\ue000{number}\ue001"

    @property
    def as_value(self) -> Any:
        return [] if self.is_empty else [self.value] if self.is_list else self.value


class _Statement(Generic[Row]):
    """SQL with the places of the values, and all that makes rows of the answer what the queryset would make of them.

    `params` has None where a value belongs; `places` says which, by its parameter.
    """

    def __init__(self, name: str, queryset: QuerySet[Any, Row], marks: Sequence[_Mark]) -> None:
        self._queryset = queryset
        self._compiler = queryset.query.get_compiler(connection=connection)
        sql, params = self._compiler.as_sql()
        known = {mark.value: place for place, mark in enumerate(marks)}
        self.pieces, self.params, self.places = [], list(params), {}
        # The text before each parameter; what `%%` stands for stays as it is.
        pieces, begin = [], 0
        for found in _PLACE.finditer(sql):
            if found[0] == "%s":
                pieces.append(sql[begin : found.start()])
                begin = found.end()
        pieces.append(sql[begin:])
        for number, param in enumerate(params):
            place = known.get(param) if isinstance(param, int | str | datetime) else None
            if place is None:
                if isinstance(param, int) and _FIRST_MARKS[0] <= param < _FIRST_MARKS[-1] + _MOST_MARKS:
                    raise Unprepared(f"{name}: a number that a mark may be stands in the rule itself.")
                continue
            self.params[number], self.places[number] = None, place
            if marks[place].is_list:
                before, after = pieces[number], pieces[number + 1]
                if not before.endswith(" IN (") or not after.startswith(")"):
                    raise Unprepared(f"{name}: a list is asked otherwise than with __in.")
                pieces[number], pieces[number + 1] = before.removesuffix("IN (") + "= ANY(", after
        self.pieces = pieces
        self._sql = "%s".join(pieces)
        lost = {place for place, mark in enumerate(marks) if place and not mark.is_empty} - {*self.places.values()}
        if lost:
            raise Unprepared(f"{name}: a value isn't among the parameters, so it is part of the SQL.")

    def rows(self, values: Sequence[Any]) -> list[Row]:
        params = self.params.copy()
        for number, place in self.places.items():
            params[number] = values[place]
        answer = self._sql, tuple(params)
        compiler = _twin(self._compiler, connection=connection, as_sql=lambda *_args, **_more: answer)
        query = _twin(self._queryset.query, get_compiler=lambda *_args, **_more: compiler)
        # Never handed out: a further filter on it would change nothing.
        queryset = _twin(self._queryset, _query=query)
        return list(queryset._iterable_class(queryset))


def _somebody(pk: Any, role: str, is_active: bool) -> Any:
    """An account of which nothing else is known: to read more of it would ask the database."""
    model = get_user_model()
    known = {"id": pk, "role": role, "is_active": is_active}
    names = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(connection.alias, names, [known[name] for name in names])


def _refuse(*_args: Any) -> NoReturn:
    raise Unprepared("A rule asks the database while it is put into SQL, or reads what isn't known of the viewer.")


def _twin(thing: Any, **other: Any) -> Any:
    """A shallow copy with `other` in it. Not by `copy`, which would fetch a queryset."""
    twin = object.__new__(type(thing))
    twin.__dict__.update(thing.__dict__, **other)
    return twin


def _kind(value: Value) -> str:
    if isinstance(value, str):
        return "str"
    if isinstance(value, int):
        return "int"
    if isinstance(value, datetime):
        return "moment"
    if not value:
        return "list of none"
    return "list of str" if isinstance(value[0], str) else "list of int"
