"""What is kept as SQL asks what the queryset would ask, and holds nothing of who asked first."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import close_old_connections, connection
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Lower
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Circle, User
from experts.models import Name
from swexpertise.prepared import Prepared, Unprepared, prepared

pytestmark = pytest.mark.django_db


def of_keys(viewer: Any, *, keys: Sequence[int]) -> QuerySet[Name, Name]:
    return Name.objects.visible_to(viewer).filter(pk__in=keys).select_related("holder").order_by("pk")


def of_handles(viewer: Any, *, handles: Sequence[str], key: int) -> QuerySet[Name, Name]:
    own = Name.objects.filter(pk=OuterRef("pk"), holder=viewer.pk) if viewer.pk else Name.objects.none()
    names = Name.objects.visible_to(viewer).alias(low=Lower("handle")).filter(low__in=handles) | Name.objects.filter(
        pk=key
    ).alias(low=Lower("handle"))
    return names.annotate(is_own=Exists(own)).order_by("pk")


def asked(question: Prepared[Any], viewer: Any, *form: Any, **values: Any) -> tuple[list[Any], int]:
    with CaptureQueriesContext(connection) as queries:
        found = question(viewer, *form, **values)
    return found, len(queries)


def test_the_rows_are_those_of_the_queryset_for_each_viewer(anna: User, bram: User, visitor: AnonymousUser) -> None:
    """S3, D17. Asked by one, then by another of the same role, then by a visitor; with few values, then with many."""
    keys, question = list(Name.objects.values_list("pk", flat=True)), prepared(of_keys)
    for viewer in (anna, bram, visitor, anna):
        for some in (keys[:1], keys, keys[1:]):
            found, count = asked(question, viewer, keys=some)
            assert found == list(of_keys(viewer, keys=some)) and count == 1
    assert [name.holder.email for name in question(bram, keys=keys)] == [anna.email, bram.email], "with what is joined"
    other = prepared(of_handles)
    for viewer in (anna, bram, visitor):
        for handles in ([], ["bram"], ["anna", "bram"], ["it's", "100%s", "{a,b}"]):
            found, _count = asked(other, viewer, handles=handles, key=keys[0])
            plain = list(of_handles(viewer, handles=handles, key=keys[0]))
            assert [(name.pk, name.is_own) for name in found] == [(name.pk, name.is_own) for name in plain]


def test_sql_is_made_once_for_a_role_and_holds_nobody(anna: User, bram: User, cas: User) -> None:
    """S3, P7."""
    made = []

    def own(viewer: User, *, pk: int) -> QuerySet[Name, Name]:
        made.append(viewer)
        return Name.objects.filter(holder=viewer, pk=pk)

    question = prepared(own)
    for member in (anna, bram, cas):
        (name,) = Name.objects.filter(holder=member)
        assert question(member, pk=name.pk) == [name]
    assert len(made) == 2, "twice, with different marks, for all members"
    assert not {anna.pk, bram.pk, cas.pk} & {viewer.pk for viewer in made}
    statement = question._statement(("member", True), (), ("int",), translation.get_language())
    assert statement is not None and statement.params == [None, None]


def test_a_moment_is_a_value(anna: User, bram: User) -> None:
    """And a moment that the question makes of it by itself would stay the first one: it is refused."""
    now = timezone.now()

    def came_before(viewer: User, *, moment: datetime) -> QuerySet[User, User]:
        return User.objects.visible_to(viewer).filter(joined_at__lt=moment)

    def came_a_day_before(viewer: User, *, moment: datetime) -> QuerySet[User, User]:
        return came_before(viewer, moment=moment - timedelta(days=1))

    question = prepared(came_before)
    for moment in (now - timedelta(days=400), now + timedelta(days=1), now - timedelta(days=400)):
        assert {*question(bram, moment=moment)} == {*came_before(bram, moment=moment)}
    assert question(bram, moment=now + timedelta(days=1))
    with pytest.raises(Unprepared):
        prepared(came_a_day_before)(bram, moment=now)


def test_who_can_see_nothing_costs_nothing(anna: User, visitor: AnonymousUser) -> None:
    question = prepared(lambda viewer, *, pk: User.objects.visible_to(viewer).filter(pk=pk))
    assert asked(question, visitor, pk=anna.pk) == ([], 0)
    assert asked(question, anna, pk=anna.pk) == ([anna], 1)
    nothing = prepared(of_keys)
    assert asked(nothing, anna, keys=[]) == ([], 0)


def test_what_the_database_knows_is_asked_each_time(bram: User, kerngroep: Circle) -> None:
    """N12. Only words are kept."""
    question = prepared(lambda viewer: Circle.objects.visible_to(viewer))
    assert question(bram) == [kerngroep]
    kerngroep.memberships.all().delete()
    assert question(bram) == []


def test_values_rows_and_a_part_of_the_form(anna: User, bram: User) -> None:
    def handles(viewer: User, most: int, *, audience: str) -> QuerySet[Name, tuple[str]]:
        return Name.objects.filter(audience=audience).order_by("pk").values_list("handle", Value("%s %%"))[:most]

    question = prepared(handles)
    assert question(anna, 1, audience="members") == [("anna", "%s %%")]
    assert question(anna, 2, audience="members") == [("anna", "%s %%"), ("bram", "%s %%")]
    assert question(anna, 2, audience="public") == []


def reads_the_address(viewer: User) -> QuerySet[User, User]:
    return User.objects.filter(email=viewer.email)


def reads_the_clock(viewer: User) -> QuerySet[Name, Name]:
    return Name.objects.filter(created_at__lt=timezone.now())


def asks_the_database(viewer: User) -> QuerySet[Name, Name]:
    return Name.objects.filter(pk__gt=Name.objects.count())


def forks(viewer: User, *, pk: int) -> QuerySet[Name, Name]:
    return Name.objects.filter(pk=pk) if pk % 2 else Name.objects.order_by("pk")


def writes_it_out(viewer: User, *, pk: int) -> QuerySet[Name, Name]:
    return Name.objects.extra(where=[f"id = {pk}"])  # noqa: S610  what is to be refused


def counts_with_it(viewer: User, *, pk: int) -> QuerySet[Name, Name]:
    return Name.objects.annotate(more=F("pk") + Value(pk + 1)).filter(more=pk)


def cuts_with_it(viewer: User, *, most: int) -> QuerySet[Name, Name]:
    return Name.objects.order_by("pk")[:most]


def lists_otherwise(viewer: User, *, keys: Sequence[int]) -> QuerySet[Name, Name]:
    return Name.objects.filter(pk__range=(keys[0], keys[0]))


@pytest.mark.parametrize(
    "make",
    [
        reads_the_address,
        reads_the_clock,
        asks_the_database,
        forks,
        writes_it_out,
        counts_with_it,
        cuts_with_it,
        lists_otherwise,
    ],
)
def test_what_would_be_kept_wrongly_is_refused(anna: User, make: Callable[..., Any]) -> None:
    """S3. Whatever depends on more than the marks would be the first one's answer for everybody."""
    values: dict[str, Any] = {"pk": 14, "most": 2, "keys": [1]}
    question = prepared(make)
    with pytest.raises(Unprepared):
        question(anna, **{name: values[name] for name in question.names})


def test_each_value_is_asked_for(anna: User) -> None:
    with pytest.raises(TypeError):
        prepared(of_keys)(anna)


@pytest.mark.django_db(transaction=True)
def test_many_ask_at_once(anna: User, bram: User) -> None:
    """What is kept is shared by the threads of a process, each with a connection of its own."""
    question = prepared(of_keys)
    keys = {user: [name.pk for name in user.names.all()] for user in (anna, bram)}

    def ask(number: int) -> bool:
        user = (anna, bram)[number % 2]
        try:
            return [name.holder_id for name in question(user, keys=keys[user])] == [user.pk]
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(40)))
