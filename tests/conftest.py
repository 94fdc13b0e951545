"""Servers first: they must be known before Django reads its settings."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import django
import pytest
from django.conf import settings
from xdist.scheduler import LoadFileScheduling

from swexpertise.start.places import ROOT
from swexpertise.start.translations import compile_all
from tests.harness import servers

if settings.configured:
    raise pytest.UsageError("Settings were read too early: run pytest without --ds and DJANGO_SETTINGS_MODULE.")
gc.disable()  # until everything is loaded
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


# The order in which the workers take them. The first makes the database, half a minute long, while another reads
# what needs none; nobody waits long for the other at the end when the longest come first.
FIRST = [
    "tests/visibility/test_two_worlds.py",
    "no database",
    "tests/journeys",
    "tests/notifications/test_crashes.py",
    "tests/visibility/test_canaries.py",
    "tests/visibility/test_hidden_ids.py",
]
# Whole folders in one piece: the demo site is played once for all of its journeys.
NO_DATABASE = (
    *("tests/files/", "tests/house/", "tests/mail/", "tests/start/"),
    *("tests/notifications/test_stripping.py", "tests/notifications/test_windows.py"),
    *(
        "tests/swexpertise/test_st",
        "tests/swexpertise/test_translations.py",
        "tests/swexpertise/test_words_on_pages.py",
    ),
    *("tests/writing/test_addresses.py", "tests/writing/test_markdown.py"),
)


def piece_of(path: str) -> str:
    """What one worker takes as a whole: a file mostly."""
    if path.startswith("tests/journeys/"):
        return "tests/journeys"
    return "no database" if path.startswith(NO_DATABASE) else path


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
        databases.flush_quickly()
    yield
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {piece: place for place, piece in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(piece_of(item.nodeid.partition("::")[0]), len(places)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage over and over took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


class ByPiece(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByPiece | None:
    return ByPiece(config, log) if config.option.dist == "loadfile" else None
