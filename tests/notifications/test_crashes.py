"""Real workers, killed at each step; doubled tasks, two clocks, Redis emptied and away (N7, N8)."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.utils import timezone

from notifications import crash, line, tasks
from notifications.actions import events, issues, rounds, sending
from notifications.models import Delivery, Event, Issue
from notifications.models.issue import State
from swexpertise.start import processes, valkey
from swexpertise.start.places import ROOT
from tests.cast import make_member
from tests.notifications.conftest import BEFORE, MORNING, follows, reply, sweep, wants

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = {"MAIL_LEASE_SECONDS": "1"}
AGAIN = {"after DATA": 1, "before noting": line.UNNOTED}  # mails that may be sent twice when it dies there


@pytest.fixture
def readers(mail, anna, bram, thread):
    """Five members who follow; a post an hour ago, and a digest that has been due since. Real time: real workers."""
    hour = timezone.localtime().hour
    members = [follows(wants(make_member(f"Lid {n}"), hour=hour), thread) for n in range(5)]
    reply(bram, thread, at=timezone.now() - timedelta(hours=2))
    return members


def everybody_has_one(mail, readers, *, within: float = 30) -> bool:
    return processes.wait_until(lambda: all(mail.to(reader.email) for reader in readers), within=within)


def all_is_written_down(mail, readers) -> bool:
    open_issues = Issue.objects.exclude(state=State.SENT).filter(recipient__in=readers)
    return all(mail.to(reader.email) for reader in readers) and not open_issues.exists()


@pytest.mark.parametrize("point", crash.POINTS)
def test_a_worker_killed_at_each_step_loses_nothing_and_doubles_nothing(mail, readers, workers, point) -> None:
    """N7. SIGKILL by itself at the named point, then the power of the whole worker; another goes on where it was."""
    doomed = workers.start(CRASH_AT=point, **LEASE)
    tasks.sweep.delay()
    assert processes.wait_until(lambda: "SIGKILL" in doomed.said, within=30), doomed.said
    doomed.kill()
    if point == "after DATA":
        workers.start(**LEASE)  # a whole new worker once; for the other points a sweep of our own, which is quicker
    for _second in range(20):
        tasks.sweep.delay() if point == "after DATA" else rounds.sweep(now=timezone.now())
        if processes.wait_until(lambda: all_is_written_down(mail, readers), within=1):
            break
    for reader in readers:
        copies = mail.to(reader.email)
        assert copies, (point, Issue.objects.get(recipient=reader, state__isnull=False).state)
        issue = Issue.objects.get(recipient=reader)
        assert issue.state == State.SENT
        assert {copy.message["Message-ID"] for copy in copies} == {issue.message_id}
        assert len(copies) <= (2 if point in AGAIN else 1)
    assert sum(len(mail.to(reader.email)) for reader in readers) <= len(readers) + AGAIN.get(point, 0)


def test_a_worker_killed_among_many_sends_a_handful_again_at_most(mail, readers, workers, bram, thread) -> None:
    """N7. Thirty mails: the server took five and nothing of it was noted. With the same Message-IDs, and all others
    once; what was noted and not written down is written down by who comes next, and sent by nobody."""
    hour = timezone.localtime().hour
    many = [*readers, *(follows(wants(make_member(f"Meer {n}"), hour=hour), thread) for n in range(25))]
    for point in ("before noting", "after noting"):
        reply(bram, thread, at=timezone.now() - timedelta(hours=2))
        Issue.objects.all().delete()
        mail.clear()
        Delivery.objects.filter(channel="mail").update(state="planned", issue=None)
        doomed = workers.start(CRASH_AT=point, **LEASE)
        tasks.sweep.delay()
        assert processes.wait_until(lambda doomed=doomed: "SIGKILL" in doomed.said, within=30), doomed.said
        doomed.kill()
        before = len(mail.inbox)
        assert 1 <= before <= line.UNNOTED
        noted = Issue.objects.exclude(taken_at=None).count()
        assert noted == (before if point == "after noting" else 0)
        for _second in range(60):
            rounds.sweep(now=timezone.now())
            if not Issue.objects.exclude(state=State.SENT).exists():
                break
            time.sleep(1)
        again = before if point == "before noting" else 0
        assert len(mail.inbox) == len(many) + again
        for reader in many:
            kept = {copy.message["Message-ID"] for copy in mail.to(reader.email)}
            assert kept == {Issue.objects.get(recipient=reader).message_id}
        assert not Delivery.objects.filter(channel="mail", state="planned", recipient__in=many).exists()


def test_what_the_mail_server_took_is_noted_a_few_at_a_time(mail, bram, thread, monkeypatch) -> None:
    """N7, N22. One statement for five, on the connection of the line; nothing more is handed over before it stands."""
    handed: list[int] = []
    really = issues.note_taken

    def note(ids, key, *, at) -> None:
        handed.append(len(mail.inbox))
        really(ids, key, at=at)
        time.sleep(0.05)
        assert len(mail.inbox) == handed[-1]

    monkeypatch.setattr(issues, "note_taken", note)
    monkeypatch.setattr(line, "UNNOTED_FOR", 60.0)
    for number in range(23):
        follows(wants(make_member(f"Lid {number}")), thread)
    reply(bram, thread)
    sweep()
    assert len(mail.inbox) == 23 and handed == [5, 10, 15, 20]
    assert Issue.objects.filter(state=State.SENT).count() == 23


def test_a_note_that_fails_is_followed_by_no_more(mail, bram, thread, monkeypatch) -> None:
    """N7. The database is away: what left is written down when it can be, and the others go later."""

    def away(*_args, **_more) -> None:
        raise OSError("gone")

    monkeypatch.setattr(issues, "note_taken", away)
    for number in range(12):
        follows(wants(make_member(f"Lid {number}")), thread)
    reply(bram, thread)
    _key, ids = planned(MORNING)
    assert sending.send_round(ids, _key, clock=sending.Clock(MORNING)) == 5
    assert len(mail.inbox) == 5 and Issue.objects.filter(state=State.PLANNED).count() == 7
    monkeypatch.undo()
    sweep(MORNING + timedelta(minutes=1))
    assert len(mail.inbox) == 12 and not Issue.objects.exclude(state=State.SENT).exists()


def planned(now):
    """Everything that is due, leased."""
    events.fan_out(now=now)
    issues.plan(now=now)
    return issues.lease(now=now)


def test_crashing_is_for_tests_only(settings) -> None:
    """N7. Nothing in the settings of a real place names a point."""
    for place in ("base", "development", "production"):
        assert "CRASH_AT" not in (ROOT / "swexpertise" / "settings" / f"{place}.py").read_text()


def test_two_workers_and_a_doubled_task_send_one_each(mail, readers, workers) -> None:
    """N8."""
    workers.start(concurrency=2)
    workers.start(concurrency=2)
    for _n in range(8):
        tasks.sweep.delay()
        tasks.fan_out.delay()
    assert everybody_has_one(mail, readers)
    assert processes.wait_until(lambda: not Issue.objects.filter(state=State.LEASED).exists(), within=10)
    assert [len(mail.to(reader.email)) for reader in readers] == [1] * 5


def test_two_sweeps_at_once_in_two_processes_send_one_each(mail, readers) -> None:
    """N8. Two clocks and two connections to the database, at the same moment."""
    at = threading.Barrier(4)

    def run() -> None:
        at.wait()
        rounds.sweep(now=timezone.now(), by_the_clock=True)
        connection.close()

    threads = [threading.Thread(target=run) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rounds.sweep(now=timezone.now())
    assert [len(mail.to(reader.email)) for reader in readers] == [1] * 5


@contextmanager
def two_clocks(env, folder) -> Iterator[None]:
    """`celery beat`, twice."""
    beats = []
    for number in range(2):
        command = [sys.executable, "-m", "celery", "--app", "swexpertise", "--quiet", "beat", "--pidfile", ""]
        command += ["--schedule", str(folder / f"beat-{number}")]
        with (folder / f"beat-{number}.log").open("wb") as output:
            beats.append(processes.start(command, env=env, output=output, cwd=ROOT))
    try:
        yield
    finally:
        for beat in beats:
            processes.stop(beat)


def test_two_real_clocks_and_a_worker_tell_once(mail, readers, workers, child_env, clean_redis, tmp_path) -> None:
    """N8. A worker that starts sweeps by itself, so nobody waits for the minute."""
    with two_clocks(child_env, tmp_path):
        workers.start()
        assert everybody_has_one(mail, readers)
    assert [len(mail.to(reader.email)) for reader in readers] == [1] * 5


def test_redis_emptied_and_away_under_two_workers_and_two_clocks_needs_no_hand(
    mail, readers, workers, child_env, bram, thread, tmp_path
) -> None:
    """N8. Emptied while they run, then killed, with posts written meanwhile, then back and empty: nothing is lost or
    told twice, and nobody starts anything again."""
    server = valkey.start(tmp_path / "redis" / "data", loose=True)
    workers.env = workers.env | {"REDIS_URL": server.url}
    late = []
    try:
        with two_clocks(workers.env, tmp_path):
            workers.start()
            workers.start()
            with redis.Redis.from_url(server.url) as client:
                client.flushall()
            assert everybody_has_one(mail, readers, within=120)
            server.process.kill()
            server.process.wait()
            time.sleep(2)  # a sweep that was under way doesn't plan for who comes next before there is anything
            hour = timezone.localtime().hour
            late += [follows(wants(make_member(f"Laat {n}"), hour=hour), thread) for n in range(3)]
            reply(bram, thread, "Terwijl er geen Redis was.", at=timezone.now() - timedelta(hours=1))
            time.sleep(8)
            assert not any(mail.to(reader.email) for reader in late)
            server = valkey.start(tmp_path / "redis" / "data", loose=True)
            assert everybody_has_one(mail, late, within=180)
            assert processes.wait_until(lambda: not Issue.objects.filter(state=State.LEASED).exists(), within=10)
    finally:
        server.stop()
    assert [len(mail.to(reader.email)) for reader in (*readers, *late)] == [1] * 8


def test_redis_emptied_costs_nothing_but_a_minute(mail, bram, cas, thread, clean_redis) -> None:
    """N8. The wake-up is gone; the row is there."""
    follows(wants(cas), thread)
    reply(bram, thread)
    assert clean_redis.dbsize() > 0
    clean_redis.flushdb()
    sweep()
    assert len(mail.to(cas.email)) == 1


def test_redis_away_costs_nothing_but_a_minute(mail, bram, cas, thread, monkeypatch) -> None:
    """N8, R2. The reply is written, the writer sees no error."""
    from kombu.exceptions import OperationalError

    def away() -> None:
        raise OperationalError("nobody there")

    monkeypatch.setattr(tasks.fan_out, "delay", away)
    follows(wants(cas), thread)
    reply(bram, thread)
    assert Event.objects.waiting().count() == 1
    sweep()
    assert len(mail.to(cas.email)) == 1


def test_a_reply_wakes_a_real_worker(bram, cas, thread, worker) -> None:
    """From the action to the inbox of whoever is called, through Redis, within a moment."""
    reply(bram, thread, "Zeg @cas", at=timezone.now())
    assert processes.wait_until(lambda: Delivery.objects.filter(recipient=cas, channel="inbox").exists(), within=15)


def test_a_row_that_really_kills_its_worker_is_parked_the_third_time(mail, readers, workers) -> None:
    """N9. SIGKILL of the process that sends, each time it comes to this row; nobody else waits for it."""
    events.fan_out(now=timezone.now())
    issues.plan(now=timezone.now())
    poison = Issue.objects.get(recipient=readers[0])
    worker = workers.start(CRASH_AT="before DATA", CRASH_ISSUE=str(poison.pk), **LEASE)
    for _second in range(60):
        tasks.sweep.delay()
        if processes.wait_until(lambda: Issue.objects.parked().exists(), within=1):
            break
    poison.refresh_from_db()
    assert (poison.state, poison.kills, poison.why) == (State.PARKED, 3, "killed its worker")
    assert worker.said.count("SIGKILL") >= 2
    assert processes.wait_until(lambda: all(mail.to(reader.email) for reader in readers[1:]), within=30)
    assert [len(mail.to(reader.email)) for reader in readers] == [0, 1, 1, 1, 1]


def test_redis_killed_and_started_again_loses_nothing(
    mail, readers, workers, child_env, bram, thread, tmp_path
) -> None:
    """N8. A real server, gone while posts are written, and back empty: the next tick of the clock finds the rows."""
    server = valkey.start(tmp_path / "redis" / "data", loose=True)
    workers.env = workers.env | {"REDIS_URL": server.url}
    worker = workers.start()
    assert everybody_has_one(mail, readers)
    server.process.kill()
    server.process.wait()
    late = follows(wants(make_member("Laat"), hour=timezone.localtime().hour), thread)
    reply(bram, thread, "Terwijl er geen Redis was.", at=timezone.now() - timedelta(hours=1))
    server = valkey.start(tmp_path / "redis" / "data", loose=True)
    try:
        tick = [sys.executable, "-m", "celery", "--app", "swexpertise", "--quiet", "call", "notifications.sweep"]
        for _time in range(10):
            subprocess.run(tick, env=workers.env, cwd=ROOT, check=False, capture_output=True, timeout=60)
            if processes.wait_until(lambda: mail.to(late.email), within=5):
                break
        worker.stop()
    finally:
        server.stop()
    assert [len(mail.to(reader.email)) for reader in (*readers, late)] == [1] * 6


def test_an_issue_that_kills_its_worker_three_times_is_parked_and_holds_up_nobody(mail, bram, thread) -> None:
    """N9. Leased by somebody who never comes back, three times over; the others go by themselves."""
    readers = [follows(wants(make_member(f"Lid {n}")), thread) for n in range(4)]
    reply(bram, thread)
    events.fan_out(now=BEFORE)
    issues.plan(now=MORNING)
    poison = Issue.objects.get(recipient=readers[0])
    now = MORNING
    _first, ids = issues.lease(now=now)  # all four, and the power goes
    assert len(ids) == 4
    for _death in range(2):
        now += issues.lease_length()
        _key, alone = issues.lease(now=now)
        while alone and alone != [poison.pk]:
            sending.send_round(alone, _key, clock=sending.Clock(now))
            _key, alone = issues.lease(now=now)
    sending.send_all(now=now + issues.lease_length())
    poison.refresh_from_db()
    assert (poison.state, poison.kills, poison.why) == (State.PARKED, 3, "killed its worker")
    assert [len(mail.to(reader.email)) for reader in readers] == [0, 1, 1, 1]
