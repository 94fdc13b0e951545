"""A network on an ordinary Wednesday: one open space, one of the circle, members who may be told by mail at eight."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Circle, Preferences, User
from discussions.actions import posts, spaces, threads
from discussions.models import Post, Space, Thread
from notifications.actions import rounds, watches
from tests.cast import first_name
from tests.harness.mail import MailServer

MORNING = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)  # 08:00 in Amsterdam
BEFORE = MORNING - timedelta(hours=3)


@pytest.fixture
def space(coordinator: User) -> Space:
    return spaces.open_space(by=coordinator, slug="zorg", name="Zorg", purpose="Over zorg.")


@pytest.fixture
def circle_space(coordinator: User, kerngroep: Circle) -> Space:
    return spaces.open_space(by=coordinator, slug="kern", name="Kernruimte", circle=kerngroep)


@pytest.fixture
def thread(anna: User, space: Space) -> Thread:
    """Opened by Anna long ago, so that nobody is told of it any more."""
    return open_thread(anna, space, "Prikken op locatie", "Wie heeft ervaring?", is_history=True)


@pytest.fixture
def mail(smtp_server: MailServer, settings: Any) -> MailServer:
    """Real SMTP, through the site's own connection."""
    settings.EMAIL_BACKEND = "swexpertise.mail.delivering.EmailBackend"
    return smtp_server


def wants(user: User, *, detail: str | None = "full", rhythm: str = "daily", **more: Any) -> User:
    """Joined long ago, and chose."""
    User.objects.filter(pk=user.pk).update(joined_at=MORNING - timedelta(days=60))
    values = {"rhythm": rhythm, "hour": 8, "time_zone": "Europe/Amsterdam", "mail_detail": detail, **more}
    Preferences.objects.update_or_create(user=user, defaults=values)
    return user


def follows(user: User, thing: Thread | Space, level: str = "following") -> User:
    watches.watch(by=user, thing=thing, level=level)
    return user


def open_thread(user: User, space: Space, title: str, text: str, **more: Any) -> Thread:
    more.setdefault("at", BEFORE - timedelta(days=2))
    return threads.open_thread(by=user, name=first_name(user), space=space, title=title, text=text, **more)


def reply(user: User, thread: Thread, text: str = "Ja.", **more: Any) -> Post:
    more.setdefault("at", BEFORE)
    return posts.reply(by=user, name=first_name(user), thread=thread, text=text, **more)


def sweep(now: datetime = MORNING) -> None:
    rounds.sweep(now=now)


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts wake-ups in place of sending them, for tests that look at rows only."""
    from notifications import tasks

    woken: list[str] = []
    monkeypatch.setattr(tasks.fan_out, "delay", lambda: woken.append("fan_out"))
    return woken
