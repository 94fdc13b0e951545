"""Servers first: they must be known before Django reads its settings."""

import os
from collections.abc import Iterator

import django
import pytest
from django.conf import settings
from pytest_django.plugin import blocking_manager_key

from swexpertise.start.places import ROOT
from swexpertise.start.translations import compile_all
from tests.harness import servers

if settings.configured:
    raise pytest.UsageError("Settings were read too early: run pytest without --ds and DJANGO_SETTINGS_MODULE.")
servers.provide()
compile_all(ROOT)  # a fresh clone has no compiled words
os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("TEST_SETTINGS", "swexpertise.settings.test")
django.setup()

pytest_plugins = [
    "tests.cast",
    "tests.harness.network",
    "tests.harness.mail",
    "tests.harness.browser",
    "tests.harness.processes",
    "tests.harness.demo",
    "tests.harness.dovecot",
]


LONGEST = {"test_two_worlds", "test_canaries"}


def pytest_configure(config: pytest.Config) -> None:
    """With xdist the workers read their settings themselves, each with a Redis of its own."""
    if getattr(config.option, "numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A clone of the migrated template in place of pytest-django's own database."""
    from tests.harness import databases

    with django_db_blocker.unblock():
        name = databases.clone()
        databases.keep_contents()
    yield
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of two workers neither waits long for the other at the end when the longest files come first."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test with real transactions empties the tables; what migrations put there comes back right after it, whatever
    kind of test comes next: with two workers a file of the one kind follows a file of the other."""
    yield
    if nextitem is None:  # the database is gone by now
        return
    marker = item.get_closest_marker("django_db")
    transactional = marker is not None and marker.kwargs.get("transaction", False)
    if transactional or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
        from tests.harness import databases

        with item.config.stash[blocking_manager_key].unblock():
            databases.bring_back_contents()
