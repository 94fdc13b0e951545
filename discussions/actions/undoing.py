"""undo: a split or merge goes back to how everything stood before (D8); let_go: what is kept for that, after a day.

Exact: numbers, places, who answers whom, what everybody has read, follows and began to write. What was written since
stays under what it answers. Refused, in words, where that can't be, or would bring a text before other eyes (D1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import merge as in_turn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.preferences import MailDetail
from discussions import permissions, sight
from discussions.actions import decisions
from discussions.actions.tidying import Bone, bones_of, restand, take_in
from discussions.models import Draft, Poll, Post, Space, StandRevision, TaggedThread, Thread, ThreadAlias, Tidying
from discussions.models.decision import Act
from discussions.signals import thread_merged, thread_split
from experts.models import Topic

Layout = list[tuple[int, int | None]]


@transaction.atomic
def undo(*, by: User, tidying: Tidying, at: datetime | None = None) -> Thread:
    """By any coordinator who sees both. Gives the discussion that stands again: the one that was split, or the one
    that had been joined with another."""
    at = at or timezone.now()
    thread, other = _locked(tidying, by)
    row = Tidying.objects.select_for_update(of=("self",)).get(pk=tidying.pk)
    bones = bones_of([thread, other])
    refuse(row, thread, other, bones, at)
    if row.act == Act.SPLIT:
        stands = _put_back(row, thread, other, bones, by, at)
    else:
        stands = _part_again(row, thread, other, bones, by)
    decisions.note_tidying(by=by, act=Act.UNDO, thread=thread, other=other, went=_went(row), at=at)
    Tidying.objects.filter(pk=row.pk).update(undone_at=at, kept={})
    stands.refresh_from_db()
    return stands


def let_go(*, now: datetime) -> int:
    """Safe to run twice."""
    count, _by_model = Tidying.objects.past_undoing(now).delete()
    return count


def refuse(row: Tidying, thread: Thread, other: Thread, bones: Sequence[Bone], at: datetime) -> None:
    if row.undone_at is not None:
        raise ValidationError(_("This was undone already."), code="undone")
    if at >= row.until:
        raise ValidationError(_("This can be undone for a day, which is over."), code="late")
    if not sight.is_for_the_same(thread.space, other.space):
        raise ValidationError(
            _("The two are no longer read by the same people. What is of fewer eyes stays there."), code="readers"
        )
    is_split = row.act == Act.SPLIT
    should = _standing(row)
    stand = {bone.pk: bone for bone in bones}
    if (is_split and other.removed_at is not None) or any(
        pk not in stand or stand[pk].thread != where for pk, where in should.items()
    ):
        raise ValidationError(
            _("Since then posts went elsewhere. Undo that first, or split and join by hand."), code="tidied"
        )
    if any(bone.pk not in should and bone.posted_at < row.done_at for bone in bones):
        raise ValidationError(
            _("Since then older posts came here from elsewhere. Undo that first, or split and join by hand."),
            code="tidied",
        )
    if not is_split and (gone := stand[row.kept["order"][0][0]].deleted_at) is not None and gone >= row.done_at:
        raise ValidationError(
            _("The post that opened the other discussion was deleted since. It can't begin with that."),
            code="opening",
        )


def _went(row: Tidying) -> list[int]:
    """The keys of the posts that it took elsewhere."""
    return row.kept["went"] if row.act == Act.SPLIT else [pk for pk, _parent in row.kept["order"]]


def _standing(row: Tidying) -> dict[int, int]:
    """In which thread each of the posts of then should stand now, by their keys."""
    if row.act == Act.SPLIT:
        went = set(row.kept["went"])
        return {pk: row.other_id if pk in went else row.thread_id for pk, _parent in row.kept["order"]}
    return {pk: row.thread_id for pk, _parent in (*row.kept["order"], *row.kept["stays"])}


def _locked(tidying: Tidying, by: User) -> tuple[Thread, Thread]:
    """Both, locked by key as in a split and a merge. The one that a merge emptied is for whoever sees its space."""
    if not permissions.may_coordinate(by):
        raise PermissionDenied(_("Only coordinators can do this."))
    keys = [tidying.thread_id, tidying.other_id]
    rows = Thread.objects.filter(pk__in=keys, space__in=Space.objects.visible_to(by).values("pk"))
    found = {row.pk: row for row in rows.select_related("space").order_by("pk").select_for_update(of=("self",))}
    if len(found) < 2 or found[tidying.thread_id].removed_at is not None:
        raise PermissionDenied(_("This discussion isn't open to you."))
    return found[tidying.thread_id], found[tidying.other_id]


def _written_since(row: Tidying, bones: Iterable[Bone], thread: Thread) -> list[Bone]:
    known = _standing(row)
    return [bone for bone in bones if bone.thread == thread.pk and bone.pk not in known]


def _pairs(order: Iterable[Sequence[int | None]]) -> Layout:
    return [(pk, parent) for pk, parent in order if pk is not None]


def _put_back(row: Tidying, thread: Thread, new: Thread, bones: Sequence[Bone], by: User, at: datetime) -> Thread:
    """Undoes a split: the other way round it is a merge, in which everything takes the place that it had."""
    since = in_turn(*(_written_since(row, bones, one) for one in (thread, new)), key=lambda bone: bone.posted_at)
    layout = _pairs(row.kept["order"]) + [(bone.pk, bone.parent) for bone in since]
    take_in(new, thread, layout, bones, at)
    if row.kept["answer"] in row.kept["went"]:
        Thread.objects.filter(pk=thread.pk, answer=None).update(answer=row.kept["answer"])
    opening = Post.objects.get(pk=row.kept["went"][0])
    thread_merged.send(Thread, thread=thread, gone=new, opening=opening, by=by, kept=None)
    return thread


def _part_again(row: Tidying, stays: Thread, gone: Thread, bones: Sequence[Bone], by: User) -> Thread:
    """Undoes a merge: the other way round it is a split, after which what was carried along hangs where it hung."""
    went = {pk for pk, _parent in row.kept["order"]}
    layouts = {gone: _pairs(row.kept["order"]), stays: _pairs(row.kept["stays"])}
    for bone in _written_since(row, bones, stays):
        if bone.parent in went:
            went.add(bone.pk)
        layouts[gone if bone.pk in went else stays].append((bone.pk, bone.parent))
    ThreadAlias.objects.filter(thread=gone).delete()
    restand(layouts, bones)
    _hang_back(row, stays, gone)
    gone.refresh_from_db()
    thread_split.send(Thread, thread=stays, new=gone, by=by, kept=row.kept)
    return gone


def _hang_back(row: Tidying, stays: Thread, gone: Thread) -> None:
    kept = row.kept
    back = {"title": kept["title"], "is_pinned": kept["is_pinned"], "answer": kept["answer"], "removed_at": None}
    summary = StandRevision.objects.filter(pk=kept["stand"], thread=stays).first()
    if summary is not None:
        back |= {"stand_source": summary.source, "stand_html": summary.html}
        back |= {"stand_by": summary.by, "stand_at": summary.written_at}
        summary.delete()
    of_gone, of_stays = kept["mail_detail"]
    strictest = max(of_gone, of_stays, key=MailDetail.values.index)
    if stays.mail_detail == strictest:
        Thread.objects.filter(pk=stays.pk).update(mail_detail=of_stays)
    else:  # chosen since for both: what was loosened stays strict where it was strict
        of_gone = max(of_gone, stays.mail_detail, key=MailDetail.values.index)
    Thread.objects.filter(pk=gone.pk).update(**back, mail_detail=of_gone)
    StandRevision.objects.filter(pk__in=kept["stands"], thread=stays).update(thread=gone)
    Poll.objects.filter(pk__in=kept["polls"], thread=stays).update(thread=gone)
    Draft.objects.filter(pk__in=kept["drafts"], thread=stays).update(thread=gone)
    came = set(kept["tags"]) - set(kept["tags_there"])
    TaggedThread.objects.filter(content_object=stays, tag__in=came).delete()
    topics = Topic.objects.filter(pk__in=kept["tags"]).values_list("pk", flat=True)
    TaggedThread.objects.bulk_create([TaggedThread(content_object=gone, tag_id=tag) for tag in topics])
