"""appeal: who wrote a post or opened a discussion says that a decision about it is wrong. settle: another coordinator
looks (D13)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.actions import decisions, undoing
from discussions.actions.posts import GRACE, call, locked, put_back
from discussions.actions.threads import locked_removed, put_in, show_again
from discussions.models import Appeal, Decision, Poll, Post, Report, Space, Thread, Tidying
from discussions.models.appeal import LONGEST, Outcome
from discussions.models.decision import TIDIED, Act
from discussions.signals import appeal_settled
from swexpertise.numbers import grouped


@transaction.atomic
def appeal(*, by: User, decision: Decision, words: str, at: datetime | None = None) -> Appeal:
    """Once. Whoever left the circle meanwhile may still say that a decision about their words is wrong."""
    at = at or timezone.now()
    words = words.strip()
    if not words:
        raise ValidationError({"words": _("Say in your own words why this should be decided otherwise.")})
    if len(words) > LONGEST:
        raise ValidationError(
            {"words": _("Use at most %(most)s characters.") % {"most": grouped(LONGEST)}}, code="too_long"
        )
    where = {"posts": decision.post_id} if decision.post_id else {"pk": decision.thread_id}
    Thread.objects.select_for_update(of=("self",), no_key=True).get(**where)
    found = Decision.objects.about_words_of(by).with_what_it_is_about().filter(pk=decision.pk).first()
    if found is None:
        raise PermissionDenied(_("Only who wrote it appeals against what was decided about it."))
    if found.is_appealed:
        raise ValidationError(_("You appealed already. You'll read here what comes of it."), code="twice")
    if not permissions.may_appeal(by, found, now=at):
        raise ValidationError(_("You can appeal for thirty days. They are over."), code="too_late")
    return Appeal.objects.create(decision=found, words=words, appealed_at=at)


@transaction.atomic
def settle(*, by: User, appeal: Appeal, outcome: str, answer: str, at: datetime | None = None) -> Appeal:
    """Reversed: what was hidden, closed, renamed, moved or removed is as before. The author reads the answer."""
    at = at or timezone.now()
    decisions.check_reason(answer)
    asked = Appeal.objects.with_what_it_is_about().get(pk=appeal.pk).decision
    if asked.act in TIDIED:  # taken back it is both that change: by key, as whoever splits and joins locks them
        keys = [pk for pk in (asked.thread_id, asked.other_id, asked.about_thread.pk) if pk is not None]
        list(Thread.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",)))
    lock = locked_removed if asked.post is None else locked
    thread = lock(asked.about_thread, by=by)  # where it stands now: there may have been a split or a merge
    found = Appeal.objects.visible_to(by).with_what_it_is_about().get(pk=appeal.pk)
    decision = found.decision
    if found.outcome:
        raise ValidationError(_("Another coordinator decided about this in the meantime."), code="decided")
    reported = Report.objects.made_by(by).filter(decision=decision)
    if not permissions.may_settle(by, found) or reported.exists():
        raise PermissionDenied(_("This is for a coordinator who had no part in it."))
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": _("Choose what is to be done.")}, code="no_outcome")
    found.outcome, found.answer, found.by, found.settled_at = outcome, answer.strip(), by, at
    found.save(update_fields=["outcome", "answer", "by", "settled_at"])
    if outcome == Outcome.REVERSED:
        _undo(decision, thread, by=by, at=at)
    appeal_settled.send(Appeal, appeal=found)
    return found


def _undo(decision: Decision, thread: Thread, *, by: User, at: datetime) -> None:
    """As long as nothing else was done to it meanwhile. Asking somebody to change a text leaves nothing to undo but
    the asking; a title that is gone for good stays so."""
    post = decision.post
    if post is not None and decision.act == Act.REMOVE_POST:
        post.thread = thread
        if post.deleted_at is not None and not post.deleted_by_author:
            put_back(post, by=by)
    elif decision.act == Act.LOCK and thread.locked_at is not None:
        thread.locked_at = None
        thread.save(update_fields=["locked_at"])
    elif decision.act == Act.REMOVE and not Decision.objects.removals().filter(thread=thread).exists():
        if thread.removed_at is not None and not hasattr(thread, "alias"):
            show_again(thread)
    elif decision.act == Act.RENAME and decision.title_before and not _has_another_title(decision, thread):
        call(thread, decision.title_before, by=by)
    elif decision.act == Act.MOVE and decision.space_id != thread.space_id:
        _move_back(decision, thread, by=by)
    elif decision.act in TIDIED and not decision.is_undone:
        _undo_tidying(decision, by=by, at=at)


def _undo_tidying(decision: Decision, *, by: User, at: datetime) -> None:
    """As the button does, as long as that is there."""
    rows = Tidying.objects.undoable(at).filter(thread=decision.thread, other=decision.other, act=decision.act)
    tidying = rows.first()
    if tidying is None:
        raise ValidationError(
            _(
                "This can no longer be undone by itself. Put the posts back first, by splitting or joining, or let "
                "the decision stand and say why."
            ),
            code="late",
        )
    undoing.undo(by=by, tidying=tidying, at=at)


def _has_another_title(decision: Decision, thread: Thread) -> bool:
    """Renamed again meanwhile, or hidden with its opening post."""
    again = Decision.objects.filter(thread=thread, act=Act.RENAME, pk__gt=decision.pk)
    hidden = Post.objects.of(thread).filter(number=1, deleted_by_author=False).exclude(deleted_at=None)
    return again.exists() or hidden.exists()


def _move_back(decision: Decision, thread: Thread, *, by: User) -> None:
    """Never to people for whom what was written there since wasn't meant."""
    space = Space.objects.visible_to(by).filter(pk=decision.space_id).first()
    if space is None:
        raise PermissionDenied(_("Only coordinators who see both spaces move a discussion."))
    if not permissions.is_for_its_readers(thread.space, space) and _written_since(decision.decided_at, thread):
        raise ValidationError(
            _(
                "Something was written there since, for fewer people than would read it. Split that off first, or let "
                "the decision stand and say why."
            ),
            code="wider_audience",
        )
    put_in(thread, space, by=by)


def _written_since(moment: datetime, thread: Thread) -> bool:
    """Joined from elsewhere too. A text that may have been changed without a mark counts as well."""
    posts = Post.objects.of(thread)
    recent = Q(posted_at__gt=moment - GRACE) | Q(edited_at__gt=moment) | Q(revisions__replaced_at__gt=moment)
    joined = Decision.objects.filter(thread=thread, act__in=[Act.MERGE, Act.UNDO], decided_at__gt=moment)
    polls = Poll.objects.filter(thread=thread).filter(Q(opens_at__gt=moment) | Q(closed_at__gt=moment))
    return (
        posts.filter(recent).exists()
        or joined.exists()
        or polls.exists()
        or (thread.stand_at is not None and thread.stand_at > moment)
    )
