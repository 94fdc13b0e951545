"""What the scenes hand on to each other, and the order in which they are played: from the ground floor up."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from rich.console import Console
from rich.progress import track

T = TypeVar("T")
LOCK = 7340912  # the advisory lock that two starts at once wait for


@dataclass
class World:
    """`now` is the moment of playing; the dictionaries hold what earlier scenes made, by the keys of their data."""

    now: datetime
    users: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    circles: dict[str, Any] = field(default_factory=dict)
    spaces: dict[str, Any] = field(default_factory=dict)
    threads: dict[str, Any] = field(default_factory=dict)
    console: Console = field(default_factory=Console)

    def say(self, text: str) -> None:
        self.console.print(text)

    def bar(self, items: Iterable[T], label: str) -> Iterator[T]:
        """`items`, with a progress bar when somebody watches."""
        things = list(items)
        if not self.console.is_terminal or os.environ.get("CI"):
            self.say(f"{label} ({len(things)})")
            return iter(things)
        return iter(track(things, description=label, console=self.console))


def scenes() -> list[ModuleType]:
    """The scenes of the storeys, ground floor first."""
    apps = [app for app in reversed(settings.STOREYS) if app != "swexpertise" and find_spec(f"{app}.demo")]
    return [import_module(f"{app}.demo.scene") for app in apps if find_spec(f"{app}.demo.scene")]


def play(world: World) -> None:
    """Plays every scene in one transaction: a demo world is whole or absent."""
    with transaction.atomic():
        _one_at_a_time()
        for scene in scenes():
            scene.play(world)


def strike(world: World) -> None:
    """Takes every scene down again, from the top; in one transaction."""
    with transaction.atomic():
        _one_at_a_time()
        for scene in reversed(scenes()):
            scene.strike(world)


def is_played() -> bool:
    """Somebody of the cast is there. Asked of the account table by the addresses that only the demo uses."""
    return get_user_model()._default_manager.filter(email__endswith="@demo.invalid").exists()


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
