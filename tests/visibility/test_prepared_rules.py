"""Every question that is kept as SQL asks, of every kind of viewer, exactly what its queryset asks of that viewer."""

import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils.module_loading import import_string

from accounts.audiences import Viewer
from accounts.models import Circle, User
from swexpertise.prepared import Prepared
from tests.cast import make_member

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
# With which parts of its form, and with which values, each is asked here.
ASKED: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "accounts.middleware._own": ((), {}),
    "discussions.questions.thread_of_page": ((), {"pk": 41}),
    "discussions.questions.posts_in_tree": ((50, 100), {"thread": 41}),
    "discussions.questions.posts_in_time": ((), {"thread": 41, "first": 51, "beyond": 101}),
    "discussions.questions.people": ((), {"keys": [7], "handles": ["roos"]}),
    "discussions.questions.reactions": ((), {"posts": [91]}),
    "notifications.actions.watches._rows_about": ((), {"thread": 41, "space": 3}),
    "notifications.context.frame": ((), {}),
    "notifications.questions.unread": (("calls", 200), {}),
    "notifications.questions.earlier": (("followed", 20), {"but": [8]}),
    "notifications.questions.unread_on_end": ((40, 400), {}),
    "notifications.questions.notices": ((20,), {}),
    "notifications.questions.votes": ((), {"now": NOW, "until": NOW + timedelta(days=8)}),
    "notifications.questions.offers": ((), {"since": NOW - timedelta(days=7), "now": NOW}),
    "notifications.questions.wishes": ((), {}),
}
# Those are only asked of somebody who is signed in.
OF_MEMBERS = {name for name in ASKED if name.startswith("notifications.")}
VIEWERS: dict[str, Callable[[Circle], Viewer]] = {
    "a visitor": lambda circle: AnonymousUser(),
    "a member": lambda circle: make_member("Lid"),
    "a coordinator": lambda circle: make_member("Coördinator", role="coordinator"),
    "an administrator with every right": lambda circle: _with(
        make_member("Beheer", role="administrator"), is_superuser=True, called="Ik"
    ),
    "somebody suspended": lambda circle: _with(make_member("Weg"), is_active=False),
    "a coordinator who is suspended": lambda circle: _with(make_member("Oud", role="coordinator"), is_active=False),
}
PAIRS = [(name, who) for name in ASKED for who in VIEWERS if who != "a visitor" or name not in OF_MEMBERS]
_LIST = re.compile(r"= ANY\('\{(\w+)\}'(?:::\w+\[\])?\)")


APPS = ("accounts", "experts", "discussions", "letters", "cms", "notifications", "search", "swexpertise")


def questions() -> Iterator[tuple[str, Prepared[Any]]]:
    """Every one in our own code, by its name."""
    get_resolver().url_patterns  # noqa: B018  reads every view, and with them what they ask
    for part in (*settings.MIDDLEWARE, *settings.TEMPLATES[0]["OPTIONS"]["context_processors"]):
        import_string(part)
    for module_name, module in sorted(sys.modules.items()):
        if module_name.partition(".")[0] in APPS:
            for name, value in list(vars(module).items()):
                if isinstance(value, Prepared) and value.__module__ == module_name:
                    yield f"{module_name}.{name}", value


def _with(user: User, **more: Any) -> User:
    User.objects.filter(pk=user.pk).update(**more)
    return User.objects.get(pk=user.pk)


def sql_of(ask: Callable[[], Any]) -> list[str]:
    """What was asked, with a list of one written in one way."""
    with CaptureQueriesContext(connection) as queries:
        list(ask())
    return [_LIST.sub(r"IN (\1)", query["sql"]).replace("'", "") for query in queries.captured_queries]


def test_each_is_asked_here() -> None:
    assert {name for name, _question in questions()} == set(ASKED)


@pytest.mark.parametrize(("name", "who"), PAIRS)
def test_what_is_kept_is_the_rule_for_this_viewer(kerngroep: Circle, name: str, who: str) -> None:
    """S3, D1, D17. Whatever else an account is: had a rule read more of it than its key, its role and whether it is
    switched on, the two would differ for somebody who has all of it, or the first asking would have failed."""
    question = dict(questions())[name]
    form, values = ASKED[name]
    question.forget()
    viewer = VIEWERS[who](kerngroep)
    for _time in ("made", "kept"):
        kept = sql_of(lambda: question(viewer, *form, **values))
        assert kept == sql_of(lambda: question.make(viewer, *form, **values))
