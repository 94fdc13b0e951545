"""One template database per state of the migrations, migrated once; each run and each xdist worker gets a clone.

Migrating Wagtail takes twenty seconds, cloning a fifth of one. What migrations made (pages, locales, permissions) is
in the clone, and comes back after tests with real transactions (see `keep_contents`).
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

TEMPLATES_KEPT = 4


def clone() -> str:
    """Make this run's database from the template and point Django at it."""
    name = copy(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    _point_at(name)
    return name


def copy(purpose: str) -> str:
    """A further database from the template, which Django is not pointed at; the caller drops it."""
    before = connection.settings_dict["NAME"]
    name = f"swx_test_{os.getpid()}_{purpose}_{secrets.token_hex(2)}"
    with _maintenance() as server:
        _drop_left_over(server)
        with _lock(server):
            template = _template(server)
            _run(server, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    if connection.settings_dict["NAME"] != before:
        _point_at(before)
    return name


def url_of(name: str) -> str:
    """The DATABASE_URL of a database on this run's server."""
    params = connection.get_connection_params()
    secret = f":{params['password']}" if params.get("password") else ""
    url = f"postgresql://{params.get('user', '')}{secret}@/{name}?host={params.get('host') or 'localhost'}"
    return f"{url}&port={params['port']}" if params.get("port") else url


def drop(name: str) -> None:
    connection.close()
    with _maintenance() as server:
        _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


_contents: dict[str, bytes] = {}


def keep_contents() -> None:
    """Remember every row that migrations made, so that after a test with real transactions they can be brought back.

    In place of Django's serialised rollback: by table and not by model, so it is exact, quick, and works while a model
    is ahead of its migration.
    """
    _contents.update(_snapshot())


def bring_back_contents() -> None:
    """To be called after a test with real transactions. Nothing happens before `keep_contents`."""
    if _contents:
        _restore(_contents)


def flush_quickly() -> None:
    """From now on tests with real transactions end in `bring_back_contents` in place of Django's flush, which empties
    each of 140 tables, most of which hold nothing, and makes permissions anew: half a second for each test.
    """
    TransactionTestCase._fixture_teardown = lambda self: bring_back_contents()


def _snapshot() -> dict[str, bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        contents = {table: _copied(cursor, table) for table in tables}
        cursor.execute("SELECT format('%I', sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        contents["sequences"] = "".join(
            f"SELECT setval('{name}', {last});" for name, last in cursor.fetchall()
        ).encode()
    return contents


def _restore(contents: dict[str, bytes]) -> None:
    """Every table and every counter as it was; what nobody touched is left alone.

    The lock waits for whoever is still writing, as emptying the tables would: nothing of theirs comes in afterwards.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone() == ("on",):  # no trigger runs; without the right, foreign keys still wait for the commit
            cursor.execute("SET LOCAL session_replication_role = replica")
        tables = [table for table in contents if table != "sequences"]
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(
            "SELECT format('%I', relname) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
        )
        used = {table for (table,) in cursor.fetchall()}
        changed = [
            table
            for table in tables
            if (_copied(cursor, table) != contents[table] if contents[table] else table in used)
        ]
        if changed:
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in changed))
        for table in changed:
            if contents[table]:
                with cursor.copy(f"COPY {table} FROM STDIN") as rows:
                    rows.write(contents[table])
        cursor.execute(
            "SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences "
            "WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )
        if contents["sequences"]:
            cursor.execute(contents["sequences"].decode())


def _copied(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as rows:
        return b"".join(bytes(block) for block in rows)


def fingerprint() -> str:
    """Changes when a migration does, or a setting that migrations read."""
    digest = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        digest.update(app.label.encode())
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    for name in ("AUTH_USER_MODEL", "LANGUAGE_CODE", "WAGTAIL_CONTENT_LANGUAGES", "WAGTAILIMAGES_IMAGE_MODEL"):
        digest.update(repr(getattr(settings, name, None)).encode())
    return digest.hexdigest()[:16]


def _template(server: psycopg.Connection[Any]) -> str:
    """Made under another name and renamed when whole: a run that breaks off leaves no half template."""
    name = f"swx_template_{fingerprint()}"
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return name
    building = f"swx_building_{os.getpid()}"
    _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", building)
    _run(server, "CREATE DATABASE {}", building)
    _point_at(building)
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    _run(server, "ALTER DATABASE {} RENAME TO {}", building, name)
    old = server.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'swx\\_template\\_%%' ORDER BY oid DESC OFFSET %s",
        [TEMPLATES_KEPT],
    )
    for (forgotten,) in old.fetchall():
        _run(server, "DROP DATABASE {} WITH (FORCE)", forgotten)
    return name


def _drop_left_over(server: psycopg.Connection[Any]) -> None:
    """Databases of runs that were killed. Only on this machine's servers: elsewhere the number says nothing."""
    if not str(server.info.host).startswith("/"):
        return
    names = server.execute("SELECT datname FROM pg_database WHERE datname ~ '^swx_(test|building)_[0-9]+'").fetchall()
    for (name,) in names:
        if not Path(f"/proc/{name.split('_')[2]}").exists() and Path("/proc/self").exists():
            _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _point_at(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextlib.contextmanager
def _maintenance() -> Iterator[psycopg.Connection[Any]]:
    params = connection.get_connection_params() | {"dbname": "postgres"}
    known = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{key: params[key] for key in known if params.get(key)}, autocommit=True) as server:
        yield server


@contextlib.contextmanager
def _lock(server: psycopg.Connection[Any]) -> Iterator[None]:
    """One at a time makes or copies the template: PostgreSQL copies no database that somebody is in."""
    server.execute("SELECT pg_advisory_lock(778899)")
    try:
        yield
    finally:
        server.execute("SELECT pg_advisory_unlock(778899)")


def _run(server: psycopg.Connection[Any], command: str, *names: str) -> None:
    server.execute(sql.SQL(command).format(*map(sql.Identifier, names)))
