"""hand_in, attach, describe, drop, forget: files with posts. They are cleaned before they are kept (D14, S5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import IO, cast

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from accounts.models import User
from discussions.models import Attachment, Post
from discussions.models.attachment import Kind
from swexpertise.files.pdfs import clean_pdf, is_pdf
from swexpertise.files.pictures import clean_picture, is_picture

MOST_BYTES = 10 * 1024 * 1024
MOST_A_POST = 6
MOST_WAITING = 30
LONGEST_SIDE = 2048


def hand_in(*, by: User, file: IO[bytes], at: datetime) -> Attachment:
    """A clean copy of `file`, kept for a post that `by` is writing. Its name isn't looked at.

    ValidationError, in words for people: neither a picture nor a PDF, broken, larger than 10 MB, or too many at once.
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValidationError(_("A file has at most 10 MB. Make it smaller first."), code="too_large")
    if Attachment.objects.waiting(by).count() >= MOST_WAITING:
        raise ValidationError(_("You have many files waiting. Post them, or take some away first."), code="too_many")
    width = height = 0
    if is_picture(data):
        kind, clean = Kind.PICTURE, clean_picture(_stream(data), longest=LONGEST_SIDE)
        with Image.open(clean) as picture:
            width, height = picture.size
    elif is_pdf(data):
        kind, clean = Kind.PDF, clean_pdf(_stream(data))
    else:
        raise ValidationError(_("Only pictures (JPEG, PNG, GIF, WebP) and PDFs can be added."), code="kind")
    row = Attachment(waits_for=by, kind=kind, size=clean.size, width=width, height=height, added_at=at)
    row.file.save(clean.name or "", clean, save=False)
    try:
        row.save()
    except Exception:
        row.file.delete(save=False)
        raise
    return row


def describe(*, by: User, words: Mapping[str, str]) -> None:
    """What is to be seen, for who can't see it: `words` by key, of files that wait."""
    rows = list(Attachment.objects.waiting(by, words))
    for row in rows:
        row.words = " ".join(words[row.key].split())[:200]
    Attachment.objects.bulk_update(rows, ["words"])


def attach(*, by: User, post: Post, keys: Sequence[str]) -> None:
    """Puts files that wait with `post`, whose thread the caller has locked."""
    if not keys:
        return
    rows = list(Attachment.objects.waiting(by, keys).select_for_update())
    here = Attachment.objects.of(post).count()
    if here + len(rows) > MOST_A_POST:
        raise ValidationError(
            _("A post has at most %(most)d files. Take some away."), code="too_many", params={"most": MOST_A_POST}
        )
    for place, row in enumerate(sorted(rows, key=lambda row: keys.index(row.key)), start=here + 1):
        row.post, row.waits_for, row.position = post, None, place
    Attachment.objects.bulk_update(rows, ["post", "waits_for", "position"])


def take_away(*, by: User, keys: Iterable[str]) -> None:
    """Files that wait, and their bytes."""
    _delete(list(Attachment.objects.waiting(by, keys)))


def drop(*, post: Post, keys: Iterable[str]) -> int:
    """From a post, by its author: gone for everybody at once, bytes and all (D6). Gives how many went."""
    rows = list(Attachment.objects.of(post).filter(key__in=list(keys)))
    _delete(rows)
    return len(rows)


@transaction.atomic
def forget(*, now: datetime) -> int:
    """With posts whose thirty days are over (D7), and those that waited too long. Safe to run twice."""
    rows = list(Attachment.objects.past_keeping(now).select_for_update(of=("self",)))
    _delete(rows)
    return len(rows)


def _delete(rows: Sequence[Attachment]) -> None:
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))


def _stream(data: bytes) -> ContentFile[bytes]:
    return cast("ContentFile[bytes]", ContentFile(data))
