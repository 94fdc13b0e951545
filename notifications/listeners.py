"""What is heard from below. Each listener runs inside the transaction of what happened and writes one outbox row."""

import logging
from datetime import datetime
from typing import Any

from celery.signals import worker_ready
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.models import User
from cms.models import KnowledgePage
from cms.signals import page_went_live
from discussions.models import Appeal, Decision, Poll, Post, Thread
from discussions.passages import Passages
from discussions.signals import (
    appeal_settled,
    decision_taken,
    decisions_read,
    poll_opened,
    post_edited,
    post_made_urgent,
    post_published,
    posts_purged,
    thread_merged,
    thread_opened,
    thread_split,
    tidying_decided,
)
from experts.models import Name, Topic
from experts.signals import name_lapsed, topics_joined
from letters.models import Letter
from letters.models.letter import State
from letters.signals import letter_moved_on
from notifications import tasks
from notifications.actions import notices, replies, watches
from notifications.actions.events import (
    hand_over,
    record,
    record_letter,
    record_page,
    record_poll,
    settle_calls,
    stand_with_posts,
)
from notifications.actions.watches import follow
from notifications.models.event import Kind

LETTER_KINDS: dict[str, Kind] = {
    State.OPEN: Kind.LETTER_OPENED,
    State.CLOSED: Kind.LETTER_CLOSED,
    State.DELIVERED: Kind.LETTER_DELIVERED,
    State.ANSWERED: Kind.LETTER_ANSWERED,
}
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
    settle_calls(post)
    if newly_mentioned or groups_called:
        record(kind=Kind.MENTION_ADDED, post=post, at=post.edited_at or post.posted_at)
        wake()


def on_post_made_urgent(*, post: Post, **_: Any) -> None:
    record(kind=Kind.MADE_URGENT, post=post, at=post.urgent_at or post.posted_at)
    wake()


def on_decision_taken(*, decision: Decision, **_: Any) -> None:
    notices.tell_of_decision(decision)


def on_tidying_decided(*, decisions: list[Decision], **_: Any) -> None:
    notices.tell_of_tidying(decisions)


def on_appeal_settled(*, appeal: Appeal, **_: Any) -> None:
    notices.tell_of_appeal(appeal)


def on_decisions_read(*, decisions: list[int], user: User, **_: Any) -> None:
    notices.read(by=user, decisions=decisions)


def on_poll_opened(*, poll: Poll, is_history: bool = False, **_: Any) -> None:
    if not is_history:
        record_poll(poll=poll, at=poll.opens_at)


def on_page_went_live(*, page: KnowledgePage, is_first: bool, is_history: bool, **_: Any) -> None:
    """Of what is worth talking about: articles, news, programmes."""
    if not is_history and page.has_discussion:
        at = page.last_published_at or timezone.now()
        record_page(page=page, is_first=is_first, checked_on=getattr(page, "reviewed_on", None), at=at)


def on_letter_moved_on(*, letter: Letter, was: str, at: datetime, **_: Any) -> None:
    """By where it is now; in the same state as before: something came of it."""
    kind = LETTER_KINDS.get(letter.state) if letter.state != was else Kind.LETTER_ANSWERED
    if kind is not None:
        record_letter(kind=kind, letter=letter, at=at)
        wake()


def on_thread_split(*, thread: Thread, new: Thread, kept: dict[str, Any] | None = None, **_: Any) -> None:
    """Whoever follows a thread follows what is split off it; what waits to be told stands with its posts."""
    if kept is None:
        watches.copy(thread, new)
    else:
        watches.part(thread, new, kept["watches"])
    stand_with_posts(new)


def on_thread_merged(*, thread: Thread, gone: Thread, kept: dict[str, Any] | None = None, **_: Any) -> None:
    if kept is None:
        watches.take_back(gone, thread)
    else:
        kept["watches"] = watches.of_both(gone, thread)
        watches.join(gone, thread)
    stand_with_posts(thread)


def on_topics_joined(*, topic: Topic, gone: Topic, **_: Any) -> None:
    watches.join_topics(gone, topic)


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


def on_posts_purged(*, posts: list[int], passages: Passages, **_: Any) -> None:
    replies.forget(posts=posts, passages=passages)


def on_name_lapsed(*, name: Name, nobody: Name, **_: Any) -> None:
    hand_over(name, nobody)


def listen() -> None:
    posts_purged.connect(on_posts_purged, dispatch_uid="notifications.posts_purged")
    name_lapsed.connect(on_name_lapsed, dispatch_uid="notifications.name_lapsed")
    thread_opened.connect(on_thread_opened, dispatch_uid="notifications.thread_opened")
    post_published.connect(on_post_published, dispatch_uid="notifications.post_published")
    post_edited.connect(on_post_edited, dispatch_uid="notifications.post_edited")
    post_made_urgent.connect(on_post_made_urgent, dispatch_uid="notifications.post_made_urgent")
    poll_opened.connect(on_poll_opened, dispatch_uid="notifications.poll_opened")
    page_went_live.connect(on_page_went_live, dispatch_uid="notifications.page_went_live")
    letter_moved_on.connect(on_letter_moved_on, dispatch_uid="notifications.letter_moved_on")
    thread_split.connect(on_thread_split, dispatch_uid="notifications.thread_split")
    thread_merged.connect(on_thread_merged, dispatch_uid="notifications.thread_merged")
    topics_joined.connect(on_topics_joined, dispatch_uid="notifications.topics_joined")
    decision_taken.connect(on_decision_taken, dispatch_uid="notifications.decision_taken")
    tidying_decided.connect(on_tidying_decided, dispatch_uid="notifications.tidying_decided")
    appeal_settled.connect(on_appeal_settled, dispatch_uid="notifications.appeal_settled")
    decisions_read.connect(on_decisions_read, dispatch_uid="notifications.decisions_read")
    worker_ready.connect(on_worker_ready, dispatch_uid="notifications.worker_ready")
