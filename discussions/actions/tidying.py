"""split and merge: posts that come to stand in another thread, by a coordinator (D8).

Everything about them is worked out in memory from keys alone, and written in a fixed number of statements, however
many posts there are: who answers whom, numbers, places, what everybody has read. What hangs on a post (texts,
mentions, reactions, what somebody keeps) comes along by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge as in_turn
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.preferences import MailDetail
from discussions import permissions, sight
from discussions.actions import decisions
from discussions.actions.threads import MOST_TOPICS, clean_title
from discussions.laying import Place, lay_out, runs_of
from discussions.models import (
    Draft,
    Poll,
    Post,
    Reading,
    Space,
    StandRevision,
    TaggedThread,
    Thread,
    ThreadAlias,
    Tidying,
)
from discussions.models.decision import Act
from discussions.models.thread import Kind
from discussions.pages import SIZE
from discussions.signals import thread_merged, thread_split


@dataclass(slots=True)
class Bone:
    """What of a post decides where it stands."""

    pk: int
    thread: int
    parent: int | None
    number: int
    posted_at: datetime
    deleted_at: datetime | None


@transaction.atomic
def split(
    *,
    by: User,
    thread: Thread,
    posts: Collection[int] = (),
    trees: Collection[int] = (),
    title: str,
    space: Space | None = None,
    reason: str,
    at: datetime | None = None,
) -> Thread:
    """A new thread of the chosen `posts`, and of all that stands under each of `trees` (keys). The earliest opens it.

    It begins with the topics of the old one. Whoever answered a post that went elsewhere now answers the nearest above
    it that stands in the same thread.
    """
    at, title = at or timezone.now(), clean_title(title)
    decisions.check_reason(reason)
    source = _locked([thread], by)[0]
    target = _space(by, source, space)
    bones = bones_of([source])
    chosen = chosen_of(bones, posts, trees)
    check_chosen(bones, chosen, {*posts, *trees})
    first = Post.objects.get(pk=chosen[0].pk)
    new = Thread.objects.create(
        space=target,
        title=title,
        author_id=first.author_id,
        opened_at=first.posted_at,
        last_post_at=first.posted_at,
        mail_detail=source.mail_detail,
    )
    kept = {"order": order_of(bones, source), "went": [bone.pk for bone in chosen], "answer": source.answer_id}
    tags = TaggedThread.objects.filter(content_object=source).values_list("tag", flat=True)
    TaggedThread.objects.bulk_create([TaggedThread(content_object=new, tag_id=tag) for tag in tags])
    went = {bone.pk for bone in chosen}
    restand({source: _parted(bones, went, False), new: _parted(bones, went, True)}, bones)
    if source.answer_id in went:
        Thread.objects.filter(pk=source.pk).update(answer=None)
    decisions.note_tidying(by=by, act=Act.SPLIT, thread=source, other=new, went=went, reason=reason, at=at)
    for one in (source, new):
        one.refresh_from_db(from_queryset=Thread.objects.select_related("space"))
    thread_split.send(Thread, thread=source, new=new, by=by, kept=None)
    _remember(Act.SPLIT, source, new, by, at, kept)
    return new


@transaction.atomic
def merge(*, by: User, thread: Thread, into: Thread, reason: str, at: datetime | None = None) -> Thread:
    """The posts of `thread` stand in `into` from now on, its opening as an answer to the opening there.

    Its old addresses arrive; its title is kept nowhere. Polls, topics and earlier summaries come along.
    """
    at = at or timezone.now()
    decisions.check_reason(reason)
    if thread.pk == into.pk:
        raise ValidationError(_("A discussion can't be joined with itself."), code="itself")
    gone, stays = _locked([thread, into], by)
    refuse_merging(gone, stays)
    bones = bones_of([gone, stays])
    kept = _before_merging(gone, stays, bones)
    opening = next(bone for bone in bones if bone.thread == gone.pk and bone.parent is None)
    kept["stand"] = take_in(gone, stays, _joined(bones, stays, opening), bones, at)
    went = [bone.pk for bone in bones if bone.thread == gone.pk]
    decisions.note_tidying(by=by, act=Act.MERGE, thread=stays, other=gone, went=went, reason=reason, at=at)
    stays.refresh_from_db(from_queryset=Thread.objects.select_related("space"))
    opened = Post.objects.get(pk=opening.pk)
    thread_merged.send(Thread, thread=stays, gone=gone, opening=opened, by=by, kept=kept)
    _remember(Act.MERGE, stays, gone, by, at, kept)
    return stays


def chosen_of(bones: Iterable[Bone], posts: Collection[int], trees: Collection[int]) -> list[Bone]:
    """Those with a key in `posts`, and all that stands under those in `trees`, they themselves included."""
    chosen, whole = [], set(trees)
    for bone in bones:
        if bone.parent in whole:
            whole.add(bone.pk)
        if bone.pk in whole or bone.pk in posts:
            chosen.append(bone)
    return chosen


def check_chosen(bones: Sequence[Bone], chosen: Sequence[Bone], asked: set[int]) -> None:
    """Refuses, in words, what can't stand by itself."""
    if not asked:
        raise ValidationError(_("Choose the posts that go to the new discussion."), code="none")
    if asked - {bone.pk for bone in bones}:
        raise ValidationError(
            _("One of the posts you chose no longer stands in this discussion. Look again."), code="stale"
        )
    if any(bone.parent is None for bone in chosen):
        raise ValidationError(
            _("The opening post stays. To take everything along, rename or move the discussion."), code="opening"
        )
    if chosen[0].deleted_at:
        raise ValidationError(
            _("The first post you chose was deleted, and can't open a discussion. Choose another."), code="deleted"
        )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a split would do: how many posts go and stay, and which (a key) opens the new thread."""

    goes: int
    stays: int
    opening: int


def look_ahead(*, thread: Thread, posts: Collection[int], trees: Collection[int]) -> Outlook:
    """ValidationError, in words, where a split would be refused. `thread` is one that the asker can see."""
    bones = bones_of([thread])
    chosen = chosen_of(bones, posts, trees)
    check_chosen(bones, chosen, {*posts, *trees})
    return Outlook(goes=len(chosen), stays=len(bones) - len(chosen), opening=chosen[0].pk)


def objection(gone: Thread, stays: Thread) -> str:
    """Why the two can't be joined, in words; empty when they can."""
    try:
        refuse_merging(gone, stays)
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


def refuse_merging(gone: Thread, stays: Thread) -> None:
    """What can't be joined, said in words; asked before the preview, and again by the action."""
    if gone.kind == Kind.PAGE:
        raise ValidationError(_("This discussion belongs to a page and stays with it."), code="page")
    if not permissions.is_for_its_readers(gone.space, stays.space):
        raise ValidationError(
            _("Joining it there would show it to people it wasn't written for."), code="wider_audience"
        )


def _locked(threads: Sequence[Thread], by: User) -> list[Thread]:
    """The rows of `threads` in that order, locked by key so that two coordinators never wait for each other; nobody
    reads, writes or counts in them meanwhile."""
    if not permissions.may_coordinate(by):
        raise PermissionDenied(_("Only coordinators can do this."))
    rows = Thread.objects.visible_to(by).filter(pk__in=[thread.pk for thread in threads]).select_related("space")
    found = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    if len(found) < len(threads):
        raise PermissionDenied(_("This discussion isn't open to you."))
    return [found[thread.pk] for thread in threads]


def _space(by: User, source: Thread, space: Space | None) -> Space:
    """Where the new thread stands: with its source, or in a space whose readers all read the source."""
    if space is None or space.pk == source.space_id:
        return source.space
    target = Space.objects.visible_to(by).filter(pk=space.pk).first()
    if target is None:
        raise PermissionDenied(_("This space isn't open to you."))
    if not permissions.is_for_its_readers(source.space, target):
        raise ValidationError(
            _("There people would read it for whom it wasn't written. Choose another space."), code="wider_audience"
        )
    return target


def bones_of(threads: Sequence[Thread]) -> list[Bone]:
    """All posts of `threads`, thread by thread in the order of their numbers. One query."""
    rows = Post.objects.filter(thread__in=threads).in_time()
    values = rows.values_list("pk", "thread_id", "parent_id", "number", "posted_at", "deleted_at")
    return [Bone(*row) for row in values]


def _parted(bones: Sequence[Bone], went: set[int], is_new: bool) -> Iterator[tuple[int, int | None]]:
    """One side of a split, as `lay_out` wants it: the posts that went, or those that stayed."""
    nearest: dict[int | None, int | None] = {}  # for each post the nearest at or above it on this side
    opening: int | None = None
    for bone in bones:
        above = nearest.get(bone.parent)
        nearest[bone.pk] = above
        if (bone.pk in went) == is_new:
            nearest[bone.pk] = bone.pk
            yield bone.pk, opening if above is None else above
            opening = bone.pk if opening is None else opening


def _joined(bones: Sequence[Bone], stays: Thread, opening: Bone) -> Iterator[tuple[int, int | None]]:
    """Both threads in turn by the moments of their posts, each in its own order; the one opening comes first."""
    first, *here = [bone for bone in bones if bone.thread == stays.pk]
    there = [bone for bone in bones if bone.thread != stays.pk]
    yield first.pk, None
    for bone in in_turn(here, there, key=lambda bone: bone.posted_at):
        yield bone.pk, first.pk if bone is opening else bone.parent


def restand(sides: Mapping[Thread, Iterable[tuple[int, int | None]]], bones: Sequence[Bone]) -> None:
    """Puts each post where it stands from now on, and what everybody has read after it; counts anew."""
    try:
        places = {thread.pk: lay_out(posts) for thread, posts in sides.items()}
    except OverflowError:
        raise ValidationError(_("Together they are more than one discussion can hold."), code="full") from None
    Post.objects.put(places)
    now = {place.pk: (thread, place.number) for thread, those in places.items() for place in those}
    Reading.objects.rearrange(runs_of((bone.thread, bone.number, *now[bone.pk]) for bone in bones))
    by_key = {bone.pk: bone for bone in bones}
    for thread in sides:
        _count(thread, places[thread.pk], by_key)
    touched = {bone.thread for bone in bones} | set(places)
    Thread.objects.filter(pk__in=touched).arrange()


def order_of(bones: Iterable[Bone], thread: Thread) -> list[tuple[int, int | None]]:
    """The posts of `thread` with whom each answers, in the order of their numbers, as `lay_out` wants it."""
    return [(bone.pk, bone.parent) for bone in bones if bone.thread == thread.pk]


def _before_merging(gone: Thread, stays: Thread, bones: Sequence[Bone]) -> dict[str, Any]:
    """What a merge takes away and leaves to no other row, and what it carries along: for who undoes it. The summary
    goes on in an earlier one, where a text that is to be forgotten is found (D7)."""
    hangs = {
        "stands": StandRevision.objects.filter(thread=OuterRef("pk")).values("pk"),
        "polls": Poll.objects.filter(thread=OuterRef("pk")).values("pk"),
        "drafts": Draft.objects.filter(thread=OuterRef("pk")).values("pk"),
        "tags": TaggedThread.objects.filter(content_object=OuterRef("pk")).order_by("pk").values("tag"),
        "tags_there": TaggedThread.objects.filter(content_object=stays).values("tag"),
    }
    hanging = Thread.objects.filter(pk=gone.pk).values_list(*(ArraySubquery(rows) for rows in hangs.values())).get()
    return {
        "order": order_of(bones, gone),
        "stays": order_of(bones, stays),
        "title": gone.title,
        "is_pinned": gone.is_pinned,
        "answer": gone.answer_id,
        "mail_detail": [gone.mail_detail, stays.mail_detail],
        **dict(zip(hangs, hanging, strict=True)),
    }


def _remember(act: Act, thread: Thread, other: Thread, by: User, at: datetime, kept: dict[str, Any]) -> None:
    """Only between the same readers: what came before fewer eyes stays there, with all that was written since (D1)."""
    if sight.is_for_the_same(thread.space, other.space):
        Tidying.objects.create(act=act, thread=thread, other=other, by=by, done_at=at, kept=kept)


def _count(thread: Thread, places: Sequence[Place], bones: dict[int, Bone]) -> None:
    those = [bones[place.pk] for place in places]
    Thread.objects.filter(pk=thread.pk).update(
        last_number=len(those),
        post_count=sum(bone.deleted_at is None for bone in those),
        last_post_at=max(bone.posted_at for bone in those),
    )


def take_in(
    gone: Thread, stays: Thread, layout: Iterable[tuple[int, int | None]], bones: Sequence[Bone], at: datetime
) -> int | None:
    """All that stands in `gone` stands in `stays` from now on, as `layout` says; of `gone` an alias is left. Gives the
    key of the earlier summary that the one of `gone` became."""
    _leave_alias(gone, bones)
    restand({stays: layout}, bones)
    summary = _carry_along(gone, stays)
    nothing = {"title": "", "stand_source": "", "stand_html": "", "stand_by": None, "stand_at": None, "answer": None}
    Thread.objects.filter(pk=gone.pk).update(removed_at=at, is_pinned=False, last_number=0, post_count=0, **nothing)
    return summary


def _leave_alias(gone: Thread, bones: Sequence[Bone]) -> None:
    """Where its old addresses lead, those of its pages too: asked before its posts go."""
    by_time = [bone.pk for bone in bones if bone.thread == gone.pk]
    in_tree = list(Post.objects.of(gone).in_tree().values_list("pk", flat=True))
    ThreadAlias.objects.create(thread=gone, post_id=by_time[0], tree_pages=in_tree[::SIZE], time_pages=by_time[::SIZE])


def _carry_along(gone: Thread, stays: Thread) -> int | None:
    """What hangs on the thread and not on its posts. A summary of one half is no summary of the whole: it becomes an
    earlier one, whose key this gives. Topics are added as long as there is room; the stricter of both counts for
    mail (N3)."""
    StandRevision.objects.filter(thread=gone).update(thread=stays)
    summary = StandRevision.objects.keep(gone, under=stays)
    Poll.objects.filter(thread=gone).update(thread=stays)
    drafts_here = Draft.objects.filter(thread=stays)
    Draft.objects.filter(thread=gone).exclude(author__in=drafts_here.values("author")).update(thread=stays)
    stricter = max(gone.mail_detail, stays.mail_detail, key=MailDetail.values.index)
    if stricter != stays.mail_detail:
        Thread.objects.filter(pk=stays.pk).update(mail_detail=stricter)
    _carry_topics(gone, stays)
    return summary.pk if summary else None


def _carry_topics(gone: Thread, stays: Thread) -> None:
    both = TaggedThread.objects.filter(content_object__in=[gone, stays]).order_by("pk")
    rows = list(both.values_list("pk", "tag", "content_object"))
    here = {tag for _pk, tag, thread in rows if thread == stays.pk}
    there = [(pk, tag) for pk, tag, thread in rows if thread == gone.pk]
    more = [pk for pk, tag in there if tag not in here][: max(MOST_TOPICS - len(here), 0)]
    if more:
        TaggedThread.objects.filter(pk__in=more).update(content_object=stays)
    if len(there) > len(more):
        TaggedThread.objects.filter(content_object=gone).delete()
