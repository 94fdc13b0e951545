"""What `/health/ready` asks. An app above adds its own check with `health_check("name")`."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from redis import Redis
from redis.exceptions import RedisError

Check = Callable[[], bool]
_checks: dict[str, Check] = {}


def health_check(name: str) -> Callable[[Check], Check]:
    """Registers a function that answers whether a service works; it may not raise and must end within two seconds."""

    def register(check: Check) -> Check:
        _checks[name] = check
        return check

    return register


def checks() -> dict[str, Check]:
    return dict(_checks)


@health_check("database")
def database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


@health_check("redis")
def redis() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except RedisError:
        return False
