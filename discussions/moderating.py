"""What the pages of reports, decisions and appeals show: groups and lines with faces and ready values (D13)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.paginator import Page, Paginator

from accounts.models import User
from discussions import mentions, permissions
from discussions.models import Appeal, Decision, Post, Report, Revision, Thread
from discussions.models.appeal import Outcome
from discussions.models.decision import Act, Grounds
from experts.faces import Face, face_of

SIZE = 20
MOST_APPEALS = 50
MOST_SAID = 50


@dataclass(frozen=True, slots=True)
class Case:
    """A post with the reports that wait. `may_decide`: this coordinator didn't report it themselves."""

    post: Post
    face: Face
    since: datetime
    total: int
    newest: int
    grounds: list[tuple[str, int]]
    reports: list[Report]
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Plea:
    appeal: Appeal
    may_settle: bool


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What became of a report. `is_open`: whoever made it can still open the post; else it has no title either."""

    report: Report
    is_open: bool
    outcome: str
    reason: str


def cases(viewer: User, number: str | None) -> Page:
    """A page of what waits for coordinators; its `object_list` holds cases. Three queries."""
    waiting = Report.objects.visible_to(viewer).waiting().of_posts_seen_by(viewer)
    page = Paginator(waiting.by_post(viewer), SIZE).get_page(number)
    rows = cast(Sequence[dict[str, Any]], list(page.object_list))
    page.object_list = cast(Any, _cases(viewer, rows))
    return page


def case_of(viewer: User, post: Post) -> Case | None:
    """What waits about `post`; None when nothing does, or it isn't this viewer's to see."""
    waiting = Report.objects.visible_to(viewer).waiting().of_posts_seen_by(viewer).filter(post=post)
    return next(iter(_cases(viewer, list(waiting.by_post(viewer)))), None)


def _cases(viewer: User, rows: Sequence[dict[str, Any]]) -> list[Case]:
    reports: dict[int, list[Report]] = defaultdict(list)
    found = Report.objects.visible_to(viewer).waiting().of_posts_seen_by(viewer).with_posts()
    for report in found.filter(post__in=[row["post"] for row in rows]).order_by("reported_at", "pk"):
        reports[report.post_id].append(report)
    return [
        Case(
            post=reports[row["post"]][0].post,
            face=face_of(reports[row["post"]][0].post.author, viewer),
            since=row["since"],
            total=row["total"],
            newest=row["newest"],
            grounds=_counted(reports[row["post"]]),
            reports=reports[row["post"]],
            may_decide=not row["is_mine"],
        )
        for row in rows
        if row["post"] in reports
    ]


def _counted(reports: Iterable[Report]) -> list[tuple[str, int]]:
    """Each reason with how often it was given, the most frequent first."""
    return [(str(Grounds(key).label), total) for key, total in Counter(r.grounds for r in reports).most_common()]


def pleas(viewer: User) -> list[Plea]:
    """The appeals that wait, the oldest first. Who decided before sees that one waits, and that it is another's."""
    waiting = Appeal.objects.visible_to(viewer).waiting().of_others(viewer).with_what_it_is_about().oldest_first()
    return [Plea(appeal, permissions.may_settle(viewer, appeal)) for appeal in waiting[:MOST_APPEALS]]


def hidden_text(viewer: User, appeal: Appeal) -> str:
    """What the post said that an appeal is about, for whoever may settle it and for nobody else; empty when it is
    gone for good, or when the appeal is about a whole discussion."""
    post = appeal.decision.post
    if post is None or not permissions.may_settle(viewer, appeal):
        return ""
    if post.deleted_at is None:
        return mentions.linked(post.html, {})
    last = Revision.objects.filter(post=post).order_by("-replaced_at", "-pk").first()
    return mentions.linked(last.html, {}) if last else ""


def own_reports(viewer: User, number: str | None) -> Page:
    """What the viewer reported, the newest first; its `object_list` holds what became of each."""
    mine = Report.objects.visible_to(viewer).made_by(viewer).with_outcome(viewer).newest_first()
    page = Paginator(mine, SIZE).get_page(number)
    told = [
        OwnReport(report, report.is_open, outcome_of(report.decision), _reason_for_reporter(report))
        for report in page.object_list
    ]
    page.object_list = cast(Any, told)
    return page


def can_open(viewer: User, decision: Decision) -> bool:
    """Whether the author still sees the place where it stands: they may have left the circle since, or it may have
    been moved into one they aren't in, or removed."""
    if decision.post is not None:
        return Post.objects.visible_to(viewer).filter(pk=decision.post.pk).exists()
    return Thread.objects.visible_to(viewer).filter(pk=decision.thread_id).exists()


def title_for(viewer: User, decision: Decision) -> str:
    """What the discussion is called, for who opened it or wrote in it; empty where they don't see its space."""
    seen = Thread.objects.removed_or_not(viewer) if decision.post is None else Thread.objects.visible_to(viewer)
    return seen.filter(pk=decision.about_thread.pk).values_list("title", flat=True).first() or ""


def title_before(viewer: User, decision: Decision) -> str:
    """Likewise: what it was called before it was renamed, in the space where it stood then."""
    seen = Decision.objects.visible_to(viewer).filter(pk=decision.pk).exclude(title_before="")
    return seen.values_list("title_before", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Said:
    face: Face
    posted_at: datetime
    html: str


def removed_posts(viewer: User, appeal: Appeal) -> list[Said]:
    """How the discussion began that was removed, for whoever may settle the appeal: what is judged is read."""
    decision = appeal.decision
    if decision.post is not None or decision.thread.removed_at is None or not permissions.may_settle(viewer, appeal):
        return []
    posts = Post.objects.of(decision.thread).live().with_faces().in_time()[:MOST_SAID]
    return [Said(face_of(post.author, viewer), post.posted_at, mentions.linked(post.html, {})) for post in posts]


@dataclass(frozen=True, slots=True)
class Removal:
    """A discussion that was removed, and may be put back by this coordinator unless it is theirs."""

    decision: Decision
    face: Face
    may_restore: bool


def removals(viewer: User, number: str | None) -> Page:
    """What coordinators who see the space removed, the newest first; its `object_list` holds removals."""
    seen = Thread.objects.removed_or_not(viewer)
    found = Decision.objects.visible_to(viewer).removals().filter(thread__in=seen.values("pk"))
    page = Paginator(
        found.select_related("thread__space", "thread__author__profile", "thread__author__veil", "appeal"), SIZE
    ).get_page(number)
    told = [
        Removal(
            decision,
            face_of(decision.thread.author, viewer),
            not decision.is_appealed
            and (decision.by_id == viewer.pk or not permissions.is_opener(viewer, decision.thread)),
        )
        for decision in page.object_list
    ]
    page.object_list = cast(Any, told)
    return page


def decided(page: Page) -> list[int]:
    """The decisions that a page of `own_reports` tells of."""
    return [own.report.decision_id for own in page.object_list if own.report.decision_id is not None]


def outcome_of(decision: Decision | None) -> str:
    """In one word for a template: waits, or the act; `reversed` when an appeal was won."""
    if decision is None:
        return "waits"
    if decision.is_appealed and decision.appeal.outcome == Outcome.REVERSED:
        return "reversed"
    return decision.act


def _reason_for_reporter(report: Report) -> str:
    """Why a post stays, for whoever thought it shouldn't. What was said to its author is between them."""
    decision = report.decision
    return decision.reason if decision is not None and decision.act == Act.DISMISS else ""
