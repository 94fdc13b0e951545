"""react and keep, each with its undoing (D11). Nobody is mailed about either."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.models import Bookmark, Post, Reaction
from discussions.models.reaction import Kind
from experts.models import Name


@transaction.atomic
def toggle(*, by: User, name: Name, post: Post, kind: str) -> bool:
    """Puts the reaction there, or takes it away under whichever name it stood. Returns whether it stands now."""
    seen = Post.objects.visible_to(by).live().select_for_update(of=("self",)).filter(pk=post.pk).first()
    if seen is None or kind not in Kind or not permissions.may_speak_as(by, name):
        raise PermissionDenied(_("You can't react to this."))
    gone, _by_model = Reaction.objects.filter(post=seen, kind=kind, name__holder=by).delete()
    if gone:
        return False
    Reaction.objects.create(post=seen, name=name, kind=kind)
    return True


def keep(*, by: User, post: Post, note: str = "", at: datetime | None = None) -> Bookmark:
    """For oneself alone; once more changes the note."""
    if not Post.objects.visible_to(by).filter(pk=post.pk).exists():
        raise PermissionDenied(_("This discussion isn't open to you."))
    values = {"note": " ".join(note.split())[:400]}
    first = {**values, "kept_at": at or timezone.now()}
    return Bookmark.objects.update_or_create(user=by, post=post, defaults=values, create_defaults=first)[0]


def let_go(*, by: User, post: Post) -> None:
    Bookmark.objects.filter(user=by, post=post).delete()
