"""The PostgreSQL and Valkey of a test run, known before Django reads its settings.

In this order: DATABASE_URL and REDIS_URL of the environment; the background servers of `make services`; servers of
this run's own, which end with it.
"""

import atexit
import os
import shutil

import redis

from swexpertise.start import postgres, services, valkey
from swexpertise.start.places import VAR


def provide() -> None:
    for name, value in services.environment().items():
        os.environ.setdefault(name, value)
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        _start_own()
    os.environ["REDIS_URL"] = own_slot(os.environ["REDIS_URL"])


def _start_own() -> None:
    home = VAR / f"test-{os.getpid()}"
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    if "DATABASE_URL" not in os.environ:
        database = postgres.start(home / "postgres", loose=True)
        atexit.register(database.stop)
        os.environ["DATABASE_URL"] = database.url
    if "REDIS_URL" not in os.environ:
        cache = valkey.start(home / "valkey", loose=True)
        atexit.register(cache.stop)
        os.environ["REDIS_URL"] = cache.url


def own_slot(url: str) -> str:
    """A numbered Redis database that no other run uses now; number 0 keeps who has which, for six hours."""
    base, _, _ = url.partition("?")
    with redis.Redis.from_url(f"{base}?db=0") as register:
        count = int(register.config_get("databases")["databases"])
        for number in range(1, count):
            key = f"test-slot:{number}"
            if register.set(key, os.getpid(), nx=True, ex=6 * 3600):
                atexit.register(_free_slot, base, number)
                return f"{base}?db={number}"
    raise RuntimeError(f"All {count - 1} Redis databases are taken by test runs of the last six hours.")


def _free_slot(base: str, number: int) -> None:
    try:
        with redis.Redis.from_url(f"{base}?db={number}") as mine:
            mine.flushdb()
        with redis.Redis.from_url(f"{base}?db=0") as register:
            register.delete(f"test-slot:{number}")
    except redis.ConnectionError:
        pass  # the server went first, and the data with it
