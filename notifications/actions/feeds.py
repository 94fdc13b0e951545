"""open_feed, close_feed: a member's own address for the feed of a space (D18), or of what they are told (N5)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from discussions.models import Space
from notifications.models import FeedKey
from notifications.models.feed import new_token, recognised_by


@transaction.atomic
def open_feed(*, by: User, space: Space | None, at: datetime) -> str:
    """A new address's token, to be shown once; the earlier one of this space is dead from now on. Without a space: of
    what `by` is told."""
    if space is not None and not Space.objects.visible_to(by).filter(pk=space.pk).exists():
        raise PermissionDenied(_("This space isn't open to you."))
    token = new_token()
    FeedKey.objects.visible_to(by).update_or_create(
        user=by, space=space, defaults={"token_hash": recognised_by(token), "made_at": at}
    )
    return token


def close_feed(*, by: User, space_id: int | None) -> bool:
    """Whether there was one. A space that the member no longer sees is closed all the same."""
    mine = FeedKey.objects.visible_to(by)
    mine = mine.filter(space=None) if space_id is None else mine.filter(space=space_id)
    return bool(mine.delete()[0])
