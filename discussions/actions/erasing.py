"""hand_over: what a name said stays, from nobody, when the name goes; what it was called by goes too (P13).

take_files_away: what an account had handed in and not placed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from discussions.actions import attachments
from discussions.models import (
    Attachment,
    Draft,
    ImportAuthor,
    Poll,
    Post,
    Reaction,
    Revision,
    StandRevision,
    Thread,
    Vote,
)
from discussions.rewriting import handles_in_source, put, without_handles
from discussions.signals import texts_forgotten
from experts.actions.leaving import nobody_apart
from experts.models import Name
from swexpertise.writing import write

AT_A_TIME = 500


def hand_over(name: Name, nobody: Name) -> None:
    """The caller has a transaction, and deletes `name` after this. Earlier texts of what stands there go: only its
    writer had changed them. Those of what they deleted wait for their thirty days, as any."""
    Revision.objects.filter(post__author=name, post__deleted_at=None).delete()
    Post.objects.filter(author=name).update(author=nobody, form_key=None)
    Thread.objects.filter(author=name).update(author=nobody)
    Thread.objects.filter(stand_by=name).update(stand_by=nobody)
    StandRevision.objects.filter(by=name).update(by=nobody)
    Poll.objects.filter(author=name).update(author=nobody)
    Poll.objects.filter(outcome_by=name).update(outcome_by=nobody)
    for poll in Vote.objects.filter(name=name).order_by("poll").values_list("poll", flat=True).distinct():
        Vote.objects.filter(name=name, poll=poll).update(name=nobody_apart())
    Reaction.objects.filter(name=name).delete()
    ImportAuthor.objects.filter(name=name).delete()
    _call_no_more(name.handle.lower())


def take_files_away(user: User) -> None:
    keys = Attachment.objects.waiting(user).values_list("key", flat=True)
    attachments.take_away(by=user, keys=list(keys))


def _call_no_more(handle: str) -> None:
    """Out of what everybody wrote: the handle says what the name was."""
    changed = list(_without(Post.objects.filter(source__icontains=f"@{handle}").select_related("thread"), handle))
    for post in changed:
        put(post, post.source, key=post.pk)
    Post.objects.bulk_update(changed, ["source", "html", "plain"], batch_size=AT_A_TIME)
    if changed:
        texts_forgotten.send(Post, posts=changed)
    revisions = list(_without(Revision.objects.filter(source__icontains=f"@{handle}"), handle))
    for revision in revisions:
        put(revision, revision.source, key=revision.post_id)
    Revision.objects.bulk_update(revisions, ["source", "html", "plain"], batch_size=AT_A_TIME)
    places: list[tuple[Any, str, str]] = [
        (Thread, "stand_source", "stand_html"),
        (StandRevision, "source", "html"),
        (Poll, "outcome_source", "outcome_html"),
    ]
    for model, source, html in places:
        for row in _without(model.objects.filter(**{f"{source}__icontains": f"@{handle}"}), handle, source):
            written = write(getattr(row, source), note_prefix="k0")
            model.objects.filter(pk=row.pk).update(**{source: written.source, html: written.html})
    for draft in _without(Draft.objects.filter(text__icontains=f"@{handle}"), handle, "text"):
        Draft.objects.filter(pk=draft.pk, version=draft.version).update(text=draft.text, version=F("version") + 1)


def _without(rows: QuerySet[Any], handle: str, column: str = "source") -> Iterable[Any]:
    """Those that change, with the changed text in `column`."""
    for row in rows.order_by("pk").iterator(chunk_size=AT_A_TIME):
        if handle in handles_in_source(getattr(row, column)):
            setattr(row, column, without_handles(getattr(row, column), {handle}))
            yield row
