"""How often somebody may ask for what costs work, counted in the cache for a stretch of time."""

import logging

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def is_too_fast(what: str, who: int, *, most: int, seconds: int = 60) -> bool:
    """Whether account `who` asked for `what` more than `most` times in this stretch of `seconds`, this time included.
    While the cache is away nothing is counted, and nobody is stopped (R2)."""
    key = f"pace:{what}:{salted_hmac('pace', str(who)).hexdigest()[:24]}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > most
    except (ValueError, RedisError) as error:  # just run out, or away
        logger.debug("not counted: %s", type(error).__name__)
        return False
