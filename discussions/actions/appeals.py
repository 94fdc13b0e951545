"""appeal: the author of a post says that a decision about it is wrong. settle: another coordinator looks (D13)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.actions import decisions
from discussions.actions.posts import locked, put_back
from discussions.models import Appeal, Decision, Post, Report, Thread
from discussions.models.appeal import LONGEST, Outcome
from discussions.models.decision import Act
from discussions.signals import appeal_settled


@transaction.atomic
def appeal(*, by: User, decision: Decision, words: str, at: datetime | None = None) -> Appeal:
    """Once. Whoever left the circle meanwhile may still say that a decision about their words is wrong."""
    at = at or timezone.now()
    words = words.strip()
    if not words:
        raise ValidationError({"words": _("Say in your own words why this should be decided otherwise.")})
    if len(words) > LONGEST:
        raise ValidationError({"words": _("Use at most %(most)d characters.") % {"most": LONGEST}}, code="too_long")
    Thread.objects.select_for_update(of=("self",), no_key=True).get(posts=decision.post_id)
    found = Decision.objects.about_words_of(by).with_what_it_is_about().filter(pk=decision.pk).first()
    if found is None:
        raise PermissionDenied(_("Only who wrote a post appeals against what was decided about it."))
    if found.is_appealed:
        raise ValidationError(_("You appealed already. You'll read here what comes of it."), code="twice")
    if not permissions.may_appeal(by, found, now=at):
        raise ValidationError(_("You can appeal for thirty days. They are over."), code="too_late")
    return Appeal.objects.create(decision=found, words=words, appealed_at=at)


@transaction.atomic
def settle(*, by: User, appeal: Appeal, outcome: str, answer: str, at: datetime | None = None) -> Appeal:
    """Reversed: a hidden post comes back, a closed discussion opens again. The author reads the answer."""
    at = at or timezone.now()
    decisions.check_reason(answer)
    asked = Post.objects.filter(decisions__appeal=appeal).select_related("thread").get()
    thread = locked(asked.thread, by=by)  # where the post stands now: there may have been a split or a merge
    found = Appeal.objects.visible_to(by).with_what_it_is_about().get(pk=appeal.pk)
    decision, post = found.decision, found.decision.post
    if found.outcome:
        raise ValidationError(_("Another coordinator decided about this in the meantime."), code="decided")
    reported = Report.objects.made_by(by).filter(decision=decision)
    if post is None or not permissions.may_settle(by, found) or reported.exists():
        raise PermissionDenied(_("This is for a coordinator who had no part in it."))
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": _("Choose what is to be done.")}, code="no_outcome")
    found.outcome, found.answer, found.by, found.settled_at = outcome, answer.strip(), by, at
    found.save(update_fields=["outcome", "answer", "by", "settled_at"])
    if outcome == Outcome.REVERSED:
        post.thread = thread
        _undo(decision, post, by=by)
    appeal_settled.send(Appeal, appeal=found)
    return found


def _undo(decision: Decision, post: Post, *, by: User) -> None:
    """Asking somebody to change a text leaves nothing to undo but the asking."""
    if decision.act == Act.REMOVE_POST and post.deleted_at is not None and not post.deleted_by_author:
        put_back(post, by=by)
    elif decision.act == Act.LOCK and post.thread.locked_at is not None:
        post.thread.locked_at = None
        post.thread.save(update_fields=["locked_at"])
