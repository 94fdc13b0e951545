"""Two worlds in which two people swap what they chose in secret: no table, place on disk or log line differs (D10)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from discussions.actions import drafts, polls, spaces, threads
from discussions.models.draft import Kind, Place
from tests.cast import first_name, make_member
from tests.visibility.two_worlds import NOW, as_if_new, standing_still

# Keys that the database throws for each row anew, at every vote of anybody.
_OWN_KEYS = {"discussions_ballot": ("id",), "discussions_turnout": ("id",)}


def tables() -> dict[str, list[str]]:
    """Every row of every table, each with the number of rows that the same step of a transaction wrote; of the two of
    the ballot in the order in which they lie on disk. (That of others follows from what was tidied up before.)"""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            left_out = "".join(f" - '{key}'" for key in _OWN_KEYS.get(table, ()))
            cursor.execute(
                f"SELECT (to_jsonb(t){left_out})::text || ' ' || count(*) OVER (PARTITION BY xmin::text) "
                f"FROM {connection.ops.quote_name(table)} AS t ORDER BY ctid"
            )
            rows = [row for (row,) in cursor.fetchall()]
            found[table] = rows if table in _OWN_KEYS else sorted(rows)
    return found


def voted(choices: dict[str, int], order: list[str], caplog: pytest.LogCaptureFixture) -> dict[str, list[str]]:
    """What is left, and what was logged, when each chose that in the browser, in this order."""
    caplog.clear()
    with as_if_new(), standing_still():
        people: dict[str, User] = {key: make_member(key.capitalize(), at=NOW) for key in sorted(choices)}
        dora = make_member("Dora", role="coordinator", at=NOW)
        space = spaces.open_space(by=dora, slug="open", name="Open", at=NOW)
        thread = threads.open_thread(by=dora, name=first_name(dora), space=space, title="Kies", text="Doen?", at=NOW)
        poll = polls.open_poll(
            by=dora, name=first_name(dora), thread=thread, question="Doen?", options=["Ja", "Nee", "Later"],
            is_secret=True, closes_at=NOW + timedelta(days=1), at=NOW,
        )  # fmt: skip
        browsers = {}
        for key, user in people.items():
            browsers[key] = Client()
            browsers[key].force_login(user)
            drafts.keep(by=user, place=Place(Kind.THREAD, space.pk), text="Half af.", filled={}, at=NOW)
        for key in order:
            answer = browsers[key].post(poll.get_absolute_url(), {"choices": str(choices[key])})
            assert answer.status_code == 302
        left = tables()
    return left | {"what was logged": caplog.messages}


def test_two_people_swap_what_they_chose_and_nothing_differs(db: None, caplog: pytest.LogCaptureFixture) -> None:
    """D10. Whatever is joined with whatever else, by key, moment, transaction or place: there is nothing in it."""
    others = {"cas": 1, "dees": 0, "evi": 2}
    order = ["evi", "anna", "cas", "bram", "dees"]
    one = voted({"anna": 0, "bram": 1, **others}, order, caplog)
    other = voted({"anna": 1, "bram": 0, **others}, order, caplog)
    assert [table for table in one if one[table] != other[table]] == []
    assert len(one["discussions_ballot"]) == len(one["discussions_turnout"]) == 5


def test_the_order_of_voting_is_kept_nowhere_beside_them(db: None, caplog: pytest.LogCaptureFixture) -> None:
    """D10. Sessions say who was there when; ballots and voters lie the same in whatever order people voted."""
    choices = {"anna": 0, "bram": 1, "cas": 1, "dees": 0, "evi": 2}
    one = voted(choices, ["evi", "anna", "cas", "bram", "dees"], caplog)
    other = voted(choices, ["bram", "cas", "dees", "evi", "anna"], caplog)
    for table in _OWN_KEYS:
        assert one[table] == other[table], table


def test_a_different_result_is_seen(db: None, caplog: pytest.LogCaptureFixture) -> None:
    """The proof can fail: what is in the tables is looked at."""
    one = voted({"anna": 0, "bram": 1}, ["anna", "bram"], caplog)
    other = voted({"anna": 0, "bram": 0}, ["anna", "bram"], caplog)
    assert [table for table in one if one[table] != other[table]] == ["discussions_ballot"]
