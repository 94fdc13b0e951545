from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.cache import cache

from swexpertise.celery import app


@pytest.fixture
def at_once(django_capture_on_commit_callbacks: Any) -> Iterator[Callable[[], AbstractContextManager[Any]]]:
    """Runs what follows a commit, tasks included, when its block ends: `with at_once(): …`."""
    app.conf.task_always_eager = True
    yield lambda: django_capture_on_commit_callbacks(execute=True)
    app.conf.task_always_eager = False


@pytest.fixture(autouse=True)
def fresh_counters() -> Iterator[None]:
    """How often somebody tried is counted from the beginning."""
    cache.clear()
    yield
    cache.clear()
