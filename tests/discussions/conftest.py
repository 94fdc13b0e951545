"""Two spaces: one for all members, one for the circle of Anna and Bram; in each a thread that Anna opened."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Circle, User
from discussions.actions import posts, spaces, threads
from discussions.models import Post, Space, Thread
from tests.cast import first_name

Reply = Callable[..., Post]


@pytest.fixture
def space(coordinator: User) -> Space:
    return spaces.open_space(
        by=coordinator, slug="zorg", name="Zorg", purpose="Over zorg.", house_rules="- Wees mild."
    )


@pytest.fixture
def circle_space(coordinator: User, kerngroep: Circle) -> Space:
    return spaces.open_space(by=coordinator, slug="kern", name="Kernruimte", circle=kerngroep)


@pytest.fixture
def thread(anna: User, space: Space) -> Thread:
    return open_thread(anna, space, "Prikken op locatie", "Wie heeft **ervaring**?", topics=["vaccinatie"])


@pytest.fixture
def circle_thread(anna: User, circle_space: Space) -> Thread:
    return open_thread(anna, circle_space, "Zwijgkanarie", "Alleen onder ons.")


@pytest.fixture
def talk(anna: User, bram: User, thread: Thread) -> dict[str, Post]:
    """a ─ (b ─ c ─ d), e under the opening; f under b."""
    found: dict[str, Post] = {}
    for word, under in (("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("e", ""), ("f", "b")):
        found[word] = reply(bram, thread, word, parent=found.get(under))
    return found


def open_thread(user: User, space: Space, title: str, text: str, **more: Any) -> Thread:
    return threads.open_thread(by=user, name=first_name(user), space=space, title=title, text=text, **more)


def reply(user: User, thread: Thread, text: str = "Ja.", **more: Any) -> Post:
    return posts.reply(by=user, name=first_name(user), thread=thread, text=text, **more)


def opening_of(thread: Thread) -> Post:
    return Post.objects.get(thread=thread, number=1)
