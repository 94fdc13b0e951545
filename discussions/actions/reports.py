"""report: a member says that a post isn't right. decide: a coordinator does something about it, or leaves it (D13)."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.actions import decisions
from discussions.actions.posts import locked_post, take_away
from discussions.models import Decision, Post, Report
from discussions.models.decision import VERDICTS, Act, Grounds
from discussions.models.report import LONGEST
from swexpertise.numbers import grouped

MOST = 20  # reports of one member in a day


@transaction.atomic
def report(*, by: User, post: Post, grounds: str, words: str = "", at: datetime | None = None) -> Report:
    """A second time while the first one waits replaces its words.

    PermissionDenied: `by` doesn't see the post or wrote it. ValidationError: the words are too long, something else
    was meant but not said, or it is deleted.
    """
    at = at or timezone.now()
    words = words.strip()
    if len(words) > LONGEST:
        raise ValidationError(
            {"words": _("Use at most %(most)s characters.") % {"most": grouped(LONGEST)}}, code="too_long"
        )
    if grounds == Grounds.OTHER and not words:
        raise ValidationError({"words": _("Say in your own words what is the matter.")}, code="no_words")
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)  # a form sent twice at once queues up
    seen = Post.objects.visible_to(by).for_editing().filter(pk=post.pk).first()
    if seen is None:
        raise PermissionDenied(_("This discussion isn't open to you."))
    if seen.deleted_at is not None:
        raise ValidationError(_("This post is gone already."), code="gone")
    if not permissions.may_report(by, seen):
        raise PermissionDenied(_("You can't report what you wrote yourself."))
    mine = Report.objects.made_by(by)
    waiting = mine.waiting().filter(post=post).first()
    if waiting is None and mine.since(at - timedelta(days=1)).count() >= MOST:
        raise ValidationError(
            _("You reported %(most)d posts in one day. Coordinators read them all; wait until tomorrow.")
            % {"most": MOST},
            code="too_many",
        )
    found = waiting or Report(post=post, reporter=by, reported_at=at)
    found.grounds, found.words = Grounds(grounds), words
    found.save()
    return found


@transaction.atomic
def decide(
    *, by: User, post: Post, act: str, grounds: str, reason: str, seen: int | None = None, at: datetime | None = None
) -> Decision:
    """`act` is one of VERDICTS. Two coordinators at once: the thread's row lets one through, the other is told so.

    `seen` is the key of the latest report that was on the page: one that came in since is not decided unread, but for
    a post that is hidden. Closing the discussion is decided about its opener too, who reads why and may appeal.
    """
    at = at or timezone.now()
    decisions.check_reason(reason)
    post = locked_post(post, by=by)
    waiting = Report.objects.waiting().filter(post=post)
    if not permissions.may_judge(by, post) or waiting.filter(reporter=by).exists():
        raise PermissionDenied(_("Another coordinator decides about this: you wrote or reported it yourself."))
    if not waiting.exists():
        raise ValidationError(_("Another coordinator decided about this in the meantime."), code="decided")
    if act not in VERDICTS:
        raise ValidationError({"act": _("Choose what is to be done.")}, code="no_act")
    if act == Act.ASK and post.deleted_at is not None:
        raise ValidationError({"act": _("The author deleted this post, so there is nothing to change.")}, code="gone")
    if act == Act.REMOVE_POST:
        take_away(post, by=by, by_author=False, at=at)
        seen = None
    elif act == Act.LOCK:
        _close(post, by=by, grounds=grounds, reason=reason, at=at)
    return decisions.note(by=by, post=post, act=Act(act), grounds=Grounds(grounds), reason=reason, seen=seen, at=at)


def _close(post: Post, *, by: User, grounds: str, reason: str, at: datetime) -> None:
    """Because of `post`. By name, so that nothing counts whether the two are one person under two names."""
    thread = post.thread
    if thread.locked_at is not None:
        return
    if thread.author_id != post.author_id:
        decisions.note(by=by, thread=thread, act=Act.LOCK, grounds=Grounds(grounds), reason=reason, at=at)
    thread.locked_at = at
    thread.save(update_fields=["locked_at"])
