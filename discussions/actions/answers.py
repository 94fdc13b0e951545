"""choose and unchoose: the answer to a question, in the eyes of who asked it (D9)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.actions.posts import locked
from discussions.models import Post, Thread


@transaction.atomic
def choose(*, by: User, post: Post) -> Thread:
    """`post` becomes the answer, in place of the one chosen before."""
    thread = _to_decide_on(post.thread, by)
    found = Post.objects.filter(thread=thread, pk=post.pk, number__gt=1, deleted_at=None).first()
    if found is None:
        raise ValidationError(_("Only a reply in this discussion can be its answer."), code="not_a_reply")
    thread.answer = found
    thread.save(update_fields=["answer"])
    return thread


@transaction.atomic
def unchoose(*, by: User, thread: Thread) -> Thread:
    thread = _to_decide_on(thread, by)
    thread.answer = None
    thread.save(update_fields=["answer"])
    return thread


def _to_decide_on(thread: Thread, by: User) -> Thread:
    row = locked(thread, by=by)
    if not permissions.may_choose_answer(by, row):
        raise PermissionDenied(_("Who asked the question chooses its answer."))
    return row
