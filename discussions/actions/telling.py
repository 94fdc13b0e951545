"""set_mail_detail: the most that may stand in mail about a thread or space. make_urgent: what can't wait."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.preferences import MailDetail
from discussions import permissions
from discussions.actions import decisions
from discussions.actions.posts import locked
from discussions.models import Decision, Post, Space, Thread
from discussions.models.decision import Act
from discussions.signals import post_made_urgent

MOST_URGENT = 3  # by one coordinator in a day: what is always urgent wakes people for nothing
A_DAY = timedelta(days=1)


@transaction.atomic
def set_mail_detail(*, by: User, thread: Thread, mail_detail: str) -> Thread:
    """By whoever opened it, or a coordinator. What happened before keeps the stricter one that held then (N3)."""
    thread = locked(thread, by=by)
    if not permissions.may_set_mail_detail(by, thread):
        raise PermissionDenied(_("You can't choose this for this discussion."))
    thread.mail_detail = MailDetail(mail_detail)
    thread.save(update_fields=["mail_detail"])
    return thread


@transaction.atomic
def set_mail_detail_of_space(*, by: User, space: Space, mail_detail: str) -> Space:
    """By a coordinator who sees it."""
    if not permissions.may_coordinate(by):
        raise PermissionDenied(_("Only coordinators can do this."))
    found = Space.objects.visible_to(by).select_for_update(of=("self",)).get(pk=space.pk)
    found.mail_detail = MailDetail(mail_detail)
    found.save(update_fields=["mail_detail"])
    return found


@transaction.atomic
def make_urgent(*, by: User, post: Post, reason: str, at: datetime | None = None) -> Post:
    """Whoever is told of `post` is told at once, in quiet hours too (N2). Doing it twice changes nothing."""
    at = at or timezone.now()
    thread = locked(post.thread, by=by)
    if not permissions.may_coordinate(by):
        raise PermissionDenied(_("Only coordinators can do this."))
    post = Post.objects.select_related("author", "thread__space").get(pk=post.pk, thread=thread)
    if post.urgent_at is not None:
        return post
    if post.deleted_at is not None:
        raise ValidationError(_("This post was deleted in the meantime."), code="deleted")
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a few words why this can't wait.")}, code="empty")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once are counted one after the other
    if Decision.objects.made_urgent_by(by, since=at - A_DAY).count() >= MOST_URGENT:
        raise ValidationError(
            _("You marked %(most)d posts as urgent today. Ask another coordinator, or let this one wait."),
            code="too_many",
            params={"most": MOST_URGENT},
        )
    post.urgent_at = at
    post.save(update_fields=["urgent_at"])
    decisions.note(by=by, thread=thread, act=Act.URGENT, reason=reason.strip()[:400], at=at)
    post_made_urgent.send(Post, post=post, by=by)
    return post
