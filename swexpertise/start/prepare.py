"""What a database and a checkout need before the platform runs on them; each step only when something changed.

What was done is written in the database itself: another DATABASE_URL, or a restored dump, is prepared anew.
"""

import hashlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from swexpertise.start.places import ROOT, Refusal

STAMPS = "start_stamp"


def prepare(env: dict[str, str], *, demo: bool) -> None:
    """Migrate, compile translations, gather static files and load the demo world, as far as needed."""
    compile_translations(env)
    with connect(env["DATABASE_URL"]) as database:
        database.execute(f"CREATE TABLE IF NOT EXISTS {STAMPS} (name text PRIMARY KEY, value text NOT NULL)")
        state = migrations_fingerprint()
        if stamp(database, "migrations") != state:
            say("Bringing the database up to date …")
            manage(env, "migrate", "--verbosity", "0", "--no-input")
            set_stamp(database, "migrations", state)
        if not demo and stamp(database, "content") is None and "load_content" in known_commands(env):
            say("Loading the knowledge pages …")
            manage(env, "load_content")
            set_stamp(database, "content", "loaded")
        if demo and stamp(database, "demo") is None and "demo" in known_commands(env):
            say("Loading the demo world …")
            manage(env, "demo", "load")
            set_stamp(database, "demo", "loaded")


def connect(url: str) -> psycopg.Connection[tuple[str, ...]]:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        raise Refusal(
            "The database cannot be reached. Check DATABASE_URL, and that the server runs and lets this user in; "
            f"or leave DATABASE_URL empty to use the PostgreSQL that comes along.\nIt answered: {error}"
        ) from None


def check_redis(url: str) -> None:
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Refusal(
            "Redis cannot be reached. Check REDIS_URL, and that the server runs; or leave REDIS_URL empty to use the "
            f"Valkey that comes along.\nIt answered: {error}"
        ) from None


def migrations_fingerprint() -> str:
    """Our migrations, and the versions of the packages that bring theirs."""
    digest = hashlib.sha256()
    for file in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    for package in ("django", "django-allauth", "django-taggit", "wagtail"):
        digest.update(importlib.metadata.version(package).encode())
    return digest.hexdigest()


def compile_translations(env: dict[str, str]) -> None:
    from swexpertise.start.translations import compile_all

    compile_all(ROOT)


def known_commands(env: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "help", "--commands"], env=env, capture_output=True, text=True
    ).stdout


def manage(env: dict[str, str], *command: str) -> None:
    done = subprocess.run([sys.executable, str(ROOT / "manage.py"), *command], env=env, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        return
    raise Refusal(
        disk_sentence(ROOT) or f"`manage.py {' '.join(command)}` failed; the lines above say why. Nothing runs now."
    )


def disk_sentence(place: Path, *, needed: int = 50 * 1024 * 1024) -> str:
    room = os.statvfs(place)
    if room.f_bavail * room.f_frsize >= needed and (room.f_favail > 100 or room.f_files == 0):
        return ""
    return f"The disk is full: {place} has less than {needed // 1024 // 1024} MB left. Make room and start again."


def stamp(database: psycopg.Connection[tuple[str, ...]], name: str) -> str | None:
    row = database.execute(f"SELECT value FROM {STAMPS} WHERE name = %s", [name]).fetchone()
    return row[0] if row else None


def set_stamp(database: psycopg.Connection[tuple[str, ...]], name: str, value: str) -> None:
    database.execute(
        f"INSERT INTO {STAMPS} VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [name, value]
    )


def say(sentence: str) -> None:
    print(sentence, flush=True)
