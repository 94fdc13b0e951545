"""note: what a coordinator decided about a post or a whole thread goes into the log, closes what was reported, and is
told. note_tidying: likewise of a split, a merge or their undoing. check_reason, check_own: what is asked before
(D13)."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.models import Decision, Post, Report, Thread
from discussions.models.decision import VERDICTS, Act, Grounds
from discussions.signals import decision_taken, tidying_decided

LONGEST = 400


def check_reason(reason: str) -> None:
    """Nothing is decided about somebody's words or discussion without saying why."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the author reads it.")}, code="no_reason")
    if len(reason.strip()) > LONGEST:
        raise ValidationError(
            {"reason": _("A reason has at most %(most)d characters.") % {"most": LONGEST}}, code="too_long"
        )


def check_own(*, by: User, thread: Thread, act: Act) -> None:
    """A coordinator may put their own discussion in order and withdraw it; they don't decide over another coordinator
    about it, nor about what others wrote there."""
    if not permissions.is_opener(by, thread):
        return
    last = Decision.objects.last_of(thread)
    if last is not None and last.by_id != by.pk:
        raise PermissionDenied(
            _("You opened this discussion, and another coordinator decided about it. What is done next isn't yours.")
        )
    if act == Act.REMOVE and Post.objects.of(thread).live().not_written_by(by).exists():
        raise PermissionDenied(_("Others wrote in your discussion. Another coordinator can remove it."))


def note(
    *,
    by: User,
    act: Act,
    post: Post | None = None,
    thread: Thread | None = None,
    grounds: str = "",
    reason: str = "",
    title_before: str = "",
    seen: int | None = None,
    at: datetime | None = None,
) -> Decision:
    """About `post`, or about `thread` as a whole, as it is before anything is done. The caller has locked the thread
    and asked whether `by` may. Reports up to the key `seen` (None: all) are closed by it; later ones wait on."""
    thread = thread or (post.thread if post is not None else None)
    if thread is None:
        raise ValueError("A decision is about something.")
    decision = Decision.objects.create(
        thread=thread,
        space_id=thread.space_id,
        post=post,
        act=act,
        grounds=grounds,
        reason=reason.strip(),
        title_before=title_before,
        by=by,
        decided_at=at or timezone.now(),
    )
    if post is not None and act in VERDICTS:
        closed = Report.objects.waiting().filter(post=post)
        (closed if seen is None else closed.filter(pk__lte=seen)).update(decision=decision)
    decision_taken.send(Decision, decision=decision)
    return decision


def note_tidying(
    *, by: User, act: Act, thread: Thread, other: Thread, went: Collection[int], reason: str = "", at: datetime
) -> None:
    """One line in the log, about `thread` that goes on, and one decision for each name among those who wrote the posts
    `went` (keys): about the first of its own, so that each appeals for themselves. However many posts: two queries.

    By name and not by account, so that nothing counts who is behind them; whoever is told twice by that is told once
    by notifications. A merge stands in the log of the space that the posts came from, which all its readers see.
    """
    common = {
        "act": act,
        "grounds": Grounds.TIDY,
        "reason": reason.strip(),
        "by": by,
        "decided_at": at,
        "thread": thread,
        "other": other,
        "space_id": other.space_id if act == Act.MERGE else thread.space_id,
    }
    firsts = Post.objects.live().filter(pk__in=went).order_by("author", "pk").distinct("author").only("author")
    decided = [Decision(**common), *(Decision(**common, post=post) for post in firsts)]
    tidying_decided.send(Decision, decisions=Decision.objects.bulk_create(decided))
