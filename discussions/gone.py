"""What a member wrote that no longer stands there: deleted by themselves, or hidden or removed by a coordinator.

As long as it can come back (D7, D13), and for its writer alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.urls import reverse

from accounts.models import User
from discussions import permissions
from discussions.models import Decision, Post, Thread

SIZE = 20


@dataclass(frozen=True, slots=True)
class Gone:
    """`title` is empty where the writer doesn't see the discussion any more; `until` is when the text is let go of,
    None as long as an appeal waits."""

    pk: int
    title: str
    url: str
    words: str
    posted_at: datetime
    gone_at: datetime
    until: datetime | None
    by_author: bool
    reason: str
    decision_url: str
    may_restore: bool
    may_appeal: bool


def gone(viewer: User, number: str | None, *, now: datetime) -> Page:
    """The latest first. Four queries."""
    page = Paginator(Post.objects.gone_of(viewer, now).for_gone(viewer), SIZE).get_page(number)
    posts = list(page.object_list)
    decided = Decision.objects.about_words_of(viewer).that_hid(posts)
    page.object_list = cast(Any, [_gone(viewer, post, decided.get(post.pk), now) for post in posts])
    return page


def removed(viewer: User, *, now: datetime) -> list[tuple[Decision, str]]:
    """By which whole discussions of theirs were taken away, lately, and what these are called; empty where they don't
    see the space any more."""
    lately = Decision.objects.about_words_of(viewer).removals().with_what_it_is_about()[:SIZE]
    seen = Thread.objects.removed_or_not(viewer).filter(decisions__in=[decision.pk for decision in lately])
    titles = dict(seen.values_list("pk", "title"))
    told = [decision for decision in lately if now <= decision.appeal_until() or decision.is_appealed]
    return [(decision, titles.get(decision.thread_id, "")) for decision in told]


def _gone(viewer: User, post: Post, decision: Decision | None, now: datetime) -> Gone:
    by_author = post.deleted_by_author or decision is None
    return Gone(
        pk=post.pk,
        title=post.thread.title if post.is_open else "",
        url=post.get_absolute_url() if post.is_open else "",
        words=post.kept_words or "",
        posted_at=post.posted_at,
        gone_at=post.deleted_at or now,
        until=None if decision is not None and _waits(decision) else post.kept_until(),
        by_author=by_author,
        reason="" if by_author or decision is None else decision.reason,
        decision_url="" if by_author or decision is None else reverse("discussions:decision", args=[decision.pk]),
        may_restore=post.is_open and permissions.may_restore(viewer, post, now=now) and post.deleted_by_author,
        may_appeal=decision is not None and not by_author and permissions.may_appeal(viewer, decision, now=now),
    )


def _waits(decision: Decision) -> bool:
    return decision.is_appealed and not decision.appeal.outcome
