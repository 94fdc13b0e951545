"""Polls and consent rounds: who may vote, until when, what is shown, and what no table knows (D10)."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from discussions import polling
from discussions.actions import polls
from discussions.models import Ballot, Poll, Thread, Turnout, Vote
from discussions.models.poll import Consent
from discussions.signals import poll_closed
from discussions.tasks import close_polls
from tests.cast import client_of, first_name, make_member

WEEK = timedelta(days=7)


def ask(user: User, thread: Thread, **more: object) -> Poll:
    words = {
        "question": "Gaan we door?",
        "options": ["Ja", "Nee", "Later"],
        "closes_at": timezone.now() + WEEK,
        **more,
    }
    return polls.open_poll(by=user, name=first_name(user), thread=thread, **words)  # type: ignore[arg-type]  # given


def consent(user: User, thread: Thread) -> Poll:
    return ask(user, thread, kind="consent", options=())


def choose(user: User, poll: Poll, *choices: int, **more: object) -> Poll:
    return polls.vote(by=user, name=first_name(user), poll=poll, choices=choices, **more)  # type: ignore[arg-type]  # so


def result_for(user: User, poll: Poll, now: datetime | None = None) -> polling.Result:
    found = Poll.objects.visible_to(user).with_turnout().get(pk=poll.pk)
    return polling.result(found, user, now or timezone.now())


def test_an_open_vote_can_be_changed_and_leaves_no_history(anna: User, bram: User, thread: Thread) -> None:
    """D10."""
    poll = ask(anna, thread)
    choose(bram, poll, 0)
    choose(bram, poll, 1, reason="Te vroeg.")
    assert [(vote.choice, vote.reason) for vote in Vote.objects.filter(poll=poll)] == [(1, "Te vroeg.")]
    assert [bar.total for bar in result_for(anna, poll).bars] == [0, 1, 0]


def test_more_may_be_chosen_when_the_poll_says_so(anna: User, bram: User, thread: Thread) -> None:
    """D10. Two choices are one person in the turnout."""
    poll = ask(anna, thread, most_choices=2)
    choose(bram, poll, 0, 2)
    with pytest.raises(ValidationError):
        choose(bram, poll, 0, 1, 2)
    result = result_for(anna, poll)
    assert [bar.total for bar in result.bars] == [1, 0, 1] and result.voted == 1
    labels = poll.labels()
    assert [voice.labels for voice in result.voices] == [[labels[0], labels[2]]], "who chose two stands there once"


def test_who_blocks_says_why(anna: User, bram: User, thread: Thread) -> None:
    """D10. Reservations may stand without a reason."""
    poll = consent(anna, thread)
    with pytest.raises(ValidationError):
        choose(bram, poll, Consent.BLOCK, reason="  ")
    assert not Vote.objects.exists()
    choose(anna, poll, Consent.RESERVATIONS)
    choose(bram, poll, Consent.BLOCK, reason="Dit schaadt thuiswerkers.")
    page = client_of(anna).get(poll.get_absolute_url()).content.decode()
    assert "Dit schaadt thuiswerkers." in page and "1 persoon houdt dit tegen" in page


def test_after_closing_time_nobody_votes_even_before_the_sweep(anna: User, bram: User, thread: Thread) -> None:
    """D10. The clock counts; the sweep closes and announces once."""
    poll = ask(anna, thread)
    heard = []

    def hear(sender: type, **news: object) -> None:
        heard.append(news["poll"])

    poll_closed.connect(hear)
    try:
        with pytest.raises(PermissionDenied):
            choose(bram, poll, 0, at=poll.closes_at)
        assert polls.close_due(now=poll.closes_at - timedelta(seconds=1)) == 0
        assert polls.close_due(now=poll.closes_at) == 1 and polls.close_due(now=poll.closes_at) == 0
        close_polls()
    finally:
        poll_closed.disconnect(hear)
    assert heard == [poll]


def test_who_opened_it_and_coordinators_close_it_and_say_what_came_of_it(
    anna: User, bram: User, coordinator: User, thread: Thread
) -> None:
    """D10."""
    poll = ask(anna, thread)
    with pytest.raises(PermissionDenied):
        polls.close(by=bram, poll=poll)
    with pytest.raises(ValidationError):
        polls.set_outcome(by=anna, name=first_name(anna), poll=poll, text="Ja.")
    client = client_of(anna)
    assert client.post(f"/discussions/polls/{poll.pk}/close/").status_code == 302
    client.post(f"/discussions/polls/{poll.pk}/outcome/", {"text": "We gaan **door**."})
    page = client_of(bram).get(poll.get_absolute_url()).content.decode()
    assert "<strong>door</strong>" in page
    assert client_of(bram).get(f"/discussions/polls/{poll.pk}/outcome/").status_code == 404
    polls.set_outcome(by=coordinator, name=first_name(coordinator), poll=poll, text="Toch niet.")


def test_a_poll_is_held_and_voted_in_without_script(anna: User, bram: User, thread: Thread) -> None:
    """D10, D19. Through the forms alone."""
    form = {"question": "Wanneer?", "kind": "poll", "options": "Mei\nJuni", "most_choices": "1", "ballot": "secret"}
    closes = (timezone.localdate() + WEEK).isoformat()
    answer = client_of(anna).post(f"/discussions/threads/{thread.pk}/poll/", {**form, "closes_on": closes})
    poll = Poll.objects.get()
    assert answer.url == poll.get_absolute_url() and poll.is_secret  # type: ignore[attr-defined]  # a redirect
    assert "Wanneer?" in client_of(bram).get(thread.get_absolute_url()).content.decode()
    assert "niet meer veranderen" in client_of(bram).get(poll.get_absolute_url()).content.decode()
    client_of(bram).post(poll.get_absolute_url(), {"choices": "1"})
    again = client_of(bram).post(poll.get_absolute_url(), {"choices": "0"}).content.decode()
    assert "al gestemd" in again and Ballot.objects.get().choice == 1


def test_a_poll_is_for_who_sees_the_thread(anna: User, cas: User, circle_thread: Thread) -> None:
    """D10, S3."""
    poll = ask(anna, circle_thread)
    assert client_of(cas).get(poll.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        choose(cas, poll, 0)


@pytest.fixture
def crowd(anna: User) -> list[User]:
    return [make_member(f"Kiezer {number}") for number in range(6)]


def test_a_secret_result_stays_sealed_while_open_and_when_few_voted(
    anna: User, thread: Thread, crowd: list[User]
) -> None:
    """D10. Four are too few, whoever asks; five are enough once it is closed."""
    for people, bars in ((4, []), (5, [5, 0, 0])):
        poll = ask(anna, thread, is_secret=True)
        for user in crowd[:people]:
            polls.cast_secretly(by=user, poll=poll, choices=[0])
        assert result_for(anna, poll).why_sealed == "open"
        assert not Ballot.objects.visible_to(anna).filter(poll=poll).exists()
        late = result_for(anna, poll, now=poll.closes_at)
        assert late.bars == [] and late.why_sealed == "open"
        polls.close_due(now=poll.closes_at)
        assert [bar.total for bar in result_for(anna, poll, now=poll.closes_at).bars] == bars
        assert Ballot.objects.visible_to(anna).filter(poll=poll).count() == sum(bars)


def test_a_secret_vote_is_for_good(anna: User, bram: User, thread: Thread) -> None:
    """D10."""
    poll = ask(anna, thread, is_secret=True)
    polls.cast_secretly(by=bram, poll=poll, choices=[0])
    with pytest.raises(ValidationError):
        polls.cast_secretly(by=bram, poll=poll, choices=[1])
    with pytest.raises(PermissionDenied):
        choose(bram, poll, 1)
    assert Turnout.objects.count() == Ballot.objects.count() == 1


def columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        return [(table, column) for table, column in cursor.fetchall()]


def references() -> set[tuple[str, str]]:
    """Each table that points at another, from the database itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
        )
        return {(source, target) for source, target in cursor.fetchall()}


def test_no_table_joins_a_person_to_what_they_chose_in_secret(anna: User, thread: Thread, crowd: list[User]) -> None:
    """D10. Every table is read: a ballot points at its poll alone, nothing points at a ballot, no value of a ballot's
    row stands in any other table, and neither transaction nor place nor key puts ballots and voters in one order."""
    poll = ask(anna, thread, is_secret=True)
    places = []
    for number, user in enumerate(crowd):
        polls.cast_secretly(by=user, poll=poll, choices=[number % 3])
        places.append([row.user_id for row in Turnout.objects.order_by("pk")])
    ballot, turnout = Ballot._meta.db_table, Turnout._meta.db_table
    assert {target for source, target in references() if source == ballot} == {Poll._meta.db_table}
    assert not [source for source, target in references() if target in (ballot, turnout)]
    assert sorted(column for table, column in columns() if table == ballot) == ["choice", "id", "poll_id"]
    assert sorted(column for table, column in columns() if table == turnout) == ["id", "poll_id", "user_id"]
    keys = {str(key) for key in Ballot.objects.values_list("pk", flat=True)}
    with connection.cursor() as cursor:
        for table in {table for table, _column in columns()} - {ballot}:
            cursor.execute(f'SELECT string_agg(row_row::text, chr(10)) FROM "{table}" AS row_row')
            text = cursor.fetchone()[0] or ""
            assert not [key for key in keys if key in text], table
        for table, other in product((ballot, turnout), repeat=2):
            cursor.execute(f"SELECT DISTINCT xmin::text FROM {table}")
            first = cursor.fetchall()
            cursor.execute(f"SELECT DISTINCT xmin::text FROM {other}")
            assert len(first) == 1 and first == cursor.fetchall()


def test_neither_table_keeps_the_order_of_casting(anna: User, thread: Thread) -> None:
    """D10. Twelve people, read as they lie on disk: as their accounts and the choices go, not as they came. They are
    written anew at each vote."""
    poll = ask(anna, thread, is_secret=True)
    people = [make_member(f"Stemmer {number}") for number in range(12)]
    for number in (3, 11, 0, 7, 8, 2, 10, 5, 1, 9, 4, 6):
        polls.cast_secretly(by=people[number], poll=poll, choices=[number % 2])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT user_id FROM {Turnout._meta.db_table} ORDER BY ctid")
        voters = [user for (user,) in cursor.fetchall()]
        cursor.execute(f"SELECT choice FROM {Ballot._meta.db_table} ORDER BY ctid")
        chosen = [choice for (choice,) in cursor.fetchall()]
    assert voters == [user.pk for user in people]
    assert chosen == [0] * 6 + [1] * 6
    before = set(Ballot.objects.values_list("pk", flat=True)) | set(Turnout.objects.values_list("pk", flat=True))
    polls.cast_secretly(by=anna, poll=poll, choices=[2])
    after = set(Ballot.objects.values_list("pk", flat=True)) | set(Turnout.objects.values_list("pk", flat=True))
    assert not before & after


def test_a_poll_page_costs_the_same_however_many_voted(anna: User, thread: Thread) -> None:
    """D10, D17."""
    poll = ask(anna, thread)
    costs = []
    for number in range(8):
        choose(make_member(f"Stem {number}"), poll, number % 3)
        if number in (1, 7):
            client = client_of(anna)
            client.get(poll.get_absolute_url())
            with CaptureQueriesContext(connection) as queries:
                client.get(poll.get_absolute_url())
            costs.append(len(queries))
    assert costs[0] == costs[1] and costs[0] <= 10, costs
