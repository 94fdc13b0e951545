"""note: what a coordinator decided about a post goes into the log, closes what was reported, and is told."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions.models import Decision, Post, Report
from discussions.models.decision import VERDICTS, Act
from discussions.signals import post_judged

LONGEST = 400


def check_reason(reason: str) -> None:
    """Nothing is decided about somebody's words without saying why."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the author reads it.")}, code="no_reason")
    if len(reason.strip()) > LONGEST:
        raise ValidationError(
            {"reason": _("A reason has at most %(most)d characters.") % {"most": LONGEST}}, code="too_long"
        )


def note(
    *,
    by: User,
    post: Post,
    act: Act,
    grounds: str = "",
    reason: str = "",
    seen: int | None = None,
    at: datetime | None = None,
) -> Decision:
    """The caller has locked the thread and asked whether `by` may. Reports up to the key `seen` (None: all) are closed
    by it; later ones wait on."""
    decision = Decision.objects.create(
        thread=post.thread,
        post=post,
        act=act,
        grounds=grounds,
        reason=reason.strip(),
        by=by,
        decided_at=at or timezone.now(),
    )
    if act in VERDICTS:
        closed = Report.objects.waiting().filter(post=post)
        (closed if seen is None else closed.filter(pk__lte=seen)).update(decision=decision)
    post_judged.send(Decision, decision=decision)
    return decision
