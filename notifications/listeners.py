"""What is heard from below. Each listener runs inside the transaction of what happened and writes one outbox row."""

import logging
from typing import Any

from celery.signals import worker_ready
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.models import User
from discussions.models import Post, Thread
from discussions.signals import post_edited, post_made_urgent, post_published, thread_opened
from experts.models import Name
from notifications import tasks
from notifications.actions.events import record
from notifications.actions.watches import follow
from notifications.models.event import Kind

logger = logging.getLogger(__name__)


def on_thread_opened(*, thread: Thread, post: Post, by: User, is_history: bool = False, **_: Any) -> None:
    if not is_history:
        follow(by=by, thread=thread)
        record(kind=Kind.THREAD_OPENED, post=post, at=post.posted_at)
        wake()


def on_post_published(*, post: Post, by: User, is_history: bool = False, **_: Any) -> None:
    if not is_history:
        follow(by=by, thread=post.thread)
        record(kind=Kind.POST_PUBLISHED, post=post, at=post.posted_at)
        wake()


def on_post_edited(*, post: Post, newly_mentioned: list[Name], groups_called: int = 0, **_: Any) -> None:
    """Only whoever is called for the first time is told; everybody else reads the newest text anyway."""
    if newly_mentioned or groups_called:
        record(kind=Kind.MENTION_ADDED, post=post, at=post.edited_at or post.posted_at)
        wake()


def on_post_made_urgent(*, post: Post, **_: Any) -> None:
    record(kind=Kind.MADE_URGENT, post=post, at=post.urgent_at or post.posted_at)
    wake()


def wake() -> None:
    """After commit. Redis away: the sweep finds the row within a minute."""
    transaction.on_commit(_wake_now, robust=True)


def _wake_now() -> None:
    try:
        tasks.fan_out.delay()
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("no wake-up: %s; the sweep finds what waits", type(error).__name__)


def on_worker_ready(**_: Any) -> None:
    """A worker that starts looks for what was left behind."""
    try:
        tasks.sweep.delay()
    except (OperationalError, RedisError, OSError):
        logger.warning("no wake-up at the start of the worker")


def listen() -> None:
    thread_opened.connect(on_thread_opened, dispatch_uid="notifications.thread_opened")
    post_published.connect(on_post_published, dispatch_uid="notifications.post_published")
    post_edited.connect(on_post_edited, dispatch_uid="notifications.post_edited")
    post_made_urgent.connect(on_post_made_urgent, dispatch_uid="notifications.post_made_urgent")
    worker_ready.connect(on_worker_ready, dispatch_uid="notifications.worker_ready")
