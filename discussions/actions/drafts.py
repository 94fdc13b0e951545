"""keep, let_go, discard, sweep: what happens to a text that isn't placed yet (D4)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.actions.posts import LONGEST
from discussions.models import Draft, Post, Space, Thread
from discussions.models.draft import Kind, Place
from swexpertise.numbers import grouped

LONGEST_KEPT = 3 * LONGEST  # more than a post may have, so that what is to be shortened can be kept too
MOST = 200


class OtherDraft(Exception):
    """The place holds a draft that the form didn't begin with: another window kept `draft` in the meantime."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


@transaction.atomic
def keep(
    *,
    by: User,
    place: Place,
    text: str,
    filled: dict[str, Any],
    stamp: str = "",
    form_key: str = "",
    at: datetime | None = None,
) -> Draft | None:
    """What `by` wrote so far at `place`; None when there is nothing to keep, because the form is empty or its text was
    placed a moment ago (`form_key` tells).

    `stamp` is that of the draft the form began with. OtherDraft: another window kept something else since; nothing is
    changed. PermissionDenied: a first draft at a place that `by` doesn't see. ValidationError: too long, too many.
    """
    text, filled, at = _clean(text), _clean_all(filled), at or timezone.now()
    size = len(text) + (len(str(filled)) if filled else 0)
    if size > LONGEST_KEPT:
        raise ValidationError(
            _("Not kept: your text has %(length)s characters, and a draft at most %(most)s."),
            params={"length": grouped(size), "most": grouped(LONGEST_KEPT)},
        )
    is_empty = not text.strip() and not str(filled.get("title", "")).strip()
    draft = _locked(by, place)
    if draft is None:
        if is_empty or _is_placed(by, form_key):
            return None
        _check_new(by, place)
        told = {"text": text, "filled": filled, "changed_at": at}
        made, is_new = Draft.objects.get_or_create(author=by, **place.columns, defaults=told)
        if is_new:
            return made
        draft = made  # another window was first, by a blink
    if (draft.text, draft.filled) == (text, filled):
        return draft
    if draft.stamp != stamp:
        raise OtherDraft(draft)
    if is_empty:
        draft.delete()
        return None
    draft.text, draft.filled, draft.changed_at = text, filled, at
    draft.version += 1
    draft.save(update_fields=["text", "filled", "changed_at", "version"])
    return draft


@transaction.atomic
def let_go(*, by: User, place: Place, text: str, stamp: str = "") -> None:
    """After `text` was placed. What another window kept in the meantime, and says something else, stays."""
    draft = _locked(by, place)
    if draft is not None and (draft.stamp == stamp or draft.text.strip() == _clean(text).strip()):
        draft.delete()


def discard(*, by: User, draft: Draft) -> None:
    """By its author, for good. Safe to do twice."""
    Draft.objects.visible_to(by).filter(pk=draft.pk).delete()


def sweep(*, now: datetime) -> int:
    """Lets go of what nobody touched for ninety days, and of changes to posts that are gone. Safe to run twice."""
    count, _by_model = Draft.objects.past_keeping(now).delete()
    return count


def _locked(by: User, place: Place) -> Draft | None:
    return Draft.objects.visible_to(by).at(place).select_for_update().first()


def _check_new(by: User, place: Place) -> None:
    if place.kind == Kind.THREAD:
        is_seen = Space.objects.visible_to(by).filter(pk=place.pk).exists()
    elif place.kind == Kind.STAND:
        is_seen = Thread.objects.visible_to(by).filter(pk=place.pk).exists()
    else:
        post = Post.objects.visible_to(by).for_editing().filter(pk=place.pk).first()
        is_seen = post is not None and (place.kind == Kind.REPLY or permissions.is_author(by, post))
    if not is_seen:
        raise PermissionDenied(_("This place isn't open to you."))
    if Draft.objects.visible_to(by).count() >= MOST:
        raise ValidationError(
            _("Not kept: you have %(most)d drafts. Throw some away under “My drafts”."), params={"most": MOST}
        )


def _is_placed(by: User, form_key: str) -> bool:
    """Whether the form was sent while its draft was on its way: the draft would come back from the dead."""
    try:
        return bool(form_key) and Post.objects.of_form(by, form_key).exists()
    except ValidationError:  # not a key
        return False


def _clean(text: str) -> str:
    """Lines end as in a stored post, whatever the browser sends; PostgreSQL knows no NUL."""
    return text.replace("\r\n", "\n").replace("\x00", "")


def _clean_all(filled: dict[str, Any]) -> dict[str, Any]:
    """`filled` with its texts, and its lists of texts, as `_clean` leaves them."""
    return {
        _clean(key): [_clean(one) for one in value] if isinstance(value, list) else _clean(value)
        for key, value in filled.items()
    }
