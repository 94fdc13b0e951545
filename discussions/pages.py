"""A page of a thread in one of its three readings: as a tree, by time, only what is new. Fifty posts a page.

`lines` are what `printing.py` prints: faces and ready values. The reading is the reader's last choice; it stays in the
session.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Viewer
from discussions import mentions, permissions, questions
from discussions.models import Post, Thread, ThreadAlias
from discussions.models.alias import ThreadAliasQuerySet
from discussions.models.attachment import Kind
from discussions.models.post import PostQuerySet
from discussions.models.reaction import Tally, tallies
from discussions.models.reading import gaps, ranges
from discussions.models.thread import ThreadQuerySet
from experts.faces import Face, face_of
from experts.models import Name

SIZE = 50
MOST_GAPS = 200


class Reading(models.TextChoices):
    TREE = "tree", _("as a tree")
    TIME = "time", _("by time")
    NEW = "new", _("only new")


def chosen_reading(request: HttpRequest) -> Reading:
    """What the address asks for, else what this reader chose last; "only new" is asked for each time."""
    asked = request.GET.get("view", "")
    if asked == Reading.NEW:
        return Reading.NEW
    kept = request.session.get("reading", Reading.TREE)
    if asked in (Reading.TREE, Reading.TIME) and asked != kept:
        request.session["reading"] = kept = asked
    return Reading(kept) if kept in (Reading.TREE, Reading.TIME) else Reading.TREE


@dataclass(frozen=True, slots=True)
class File:
    key: str
    kind: str
    words: str
    size: int
    width: int
    height: int
    position: int

    @property
    def url(self) -> str:
        return reverse("discussions:attachment", args=[self.key])

    @property
    def is_picture(self) -> bool:
        return self.kind == Kind.PICTURE


@dataclass(frozen=True, slots=True)
class Line:
    """One post as this viewer sees it."""

    pk: int
    anchor: str
    number: int
    depth: int
    posted_at: datetime
    edited_at: datetime | None
    is_gone: bool
    gone_by_author: bool
    is_new: bool
    is_mine: bool
    content_note: str
    is_folded: bool
    html: SafeString
    face: Face
    parent: Face | None
    parent_pk: int | None
    parent_is_here: bool
    may_reply: bool
    may_edit: bool
    may_delete: bool
    may_restore: bool
    may_report: bool
    is_answer: bool
    may_choose: bool
    tallies: tuple[Tally, ...]
    files: tuple[File, ...]


class Numbered(Paginator):
    """Pages by place in the thread: numbers are dense, so nothing is counted."""

    def __init__(self, posts: PostQuerySet | _Slices, thread: Thread) -> None:
        """`posts`: of `thread`, in an order; only slices of them are asked for."""
        super().__init__(cast(Any, posts), SIZE)
        self.thread = thread

    @cached_property
    def count(self) -> int:
        return self.thread.last_number


class _Slices:
    """Of a thread in time fifty numbers are fifty posts, found without passing over those before."""

    def __init__(self, viewer: Viewer, thread: Thread, reading: Reading) -> None:
        self.viewer, self.thread, self.reading = viewer, thread, reading

    def __getitem__(self, part: slice) -> list[Post]:
        if self.reading == Reading.TIME:
            numbers = {"first": part.start + 1, "beyond": part.stop + 1}
            return questions.posts_in_time(self.viewer, thread=self.thread.pk, **numbers)
        return questions.posts_in_tree(self.viewer, part.start, part.stop, thread=self.thread.pk)


def page_number(posts: PostQuerySet, post: Post, reading: Reading) -> int:
    """The page that holds `post` in this reading."""
    before = post.number - 1 if reading == Reading.TIME else posts.before_in_tree(post)
    return before // SIZE + 1


def page_of(viewer: Viewer, thread: Thread, reading: Reading, number: str | None) -> Page:
    """`number` as an address gives it; the page that is nearest when there is no such page."""
    return Numbered(_Slices(viewer, thread, reading), thread).get_page(number)


def tallies_of(posts: Sequence[Post], viewer: Viewer) -> dict[int, tuple[Tally, ...]]:
    """The reactions to each of `posts`, by its key, in one query."""
    keys = [post.pk for post in posts]
    return tallies(keys, questions.reactions(viewer, posts=keys))


def unread_of(posts: PostQuerySet, thread: Thread) -> PostQuerySet:
    """What of `thread` (fetched with_unread) isn't read yet and still says something."""
    unread = gaps(thread.mine_read, thread.last_number)
    if len(unread) > MOST_GAPS:  # somebody read hither and thither: the rest is found on a later page
        unread = unread[:MOST_GAPS]
    return posts.of(thread).live().numbered(unread)


def first_new(posts: PostQuerySet, thread: Thread, reading: Reading) -> Post | None:
    found = unread_of(posts, thread)
    return (found.in_time() if reading == Reading.TIME else found.in_tree()).first()


def lines_of(
    posts: Sequence[Post],
    thread: Thread,
    viewer: Viewer,
    people: Mapping[int, Name],
    now: datetime,
    tallies: Mapping[int, tuple[Tally, ...]] | None = None,
    titles: Mapping[str, str] | None = None,
) -> list[Line]:
    """`posts` as `viewer` sees them. `people`: as `mentions.people_on` gives them; `tallies`: the reactions to each,
    by its key; `titles`: of what they link to, as far as the viewer sees it."""
    called = mentions.links_by_handle((name for name in people.values() if name.is_seen), viewer)
    faces = {key: face_of(name, viewer) for key, name in people.items()}
    here = {post.pk for post in posts}
    read = ranges(thread.mine_read) if viewer.is_authenticated else None
    tallies, titles = tallies or {}, titles or {}
    # What one may do with a post that says something depends on whose it is; with the opening, one more thing.
    said_by = cache(lambda author: _Rights.of(viewer, Post(thread=thread, author=people[author]), now))
    may_choose = permissions.may_choose_answer(viewer, thread)
    lines = []
    for post in posts:
        is_gone = post.deleted_at is not None
        if is_gone:
            post.thread, post.author = thread, people[post.author_id]
        rights = _Rights.of(viewer, post, now) if is_gone else said_by(post.author_id)
        lines.append(
            Line(
                pk=post.pk,
                number=post.number,
                anchor=post.anchor,
                depth=post.depth,
                posted_at=post.posted_at,
                edited_at=post.edited_at,
                is_gone=is_gone,
                gone_by_author=post.deleted_by_author,
                is_new=read is not None and not is_gone and not _has_read(read, post.number),
                is_mine=rights.is_mine,
                content_note=post.content_note,
                is_folded=post.is_folded,
                html=mentions.linked(post.html, called, titles),
                face=faces[post.author_id],
                parent=faces[post.parent_author] if post.parent_author and post.parent_number != 1 else None,
                parent_pk=post.parent_id,
                parent_is_here=post.parent_id in here,
                may_reply=rights.may_reply,
                may_edit=rights.may_edit,
                may_delete=rights.may_delete,
                may_restore=rights.may_restore,
                may_report=rights.may_report,
                is_answer=thread.answer_id == post.pk,
                may_choose=may_choose and post.number > 1 and not is_gone,
                tallies=tallies.get(post.pk, ()),
                files=() if is_gone or not post.files else _files(post),
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class _Rights:
    """What the viewer may do with a post."""

    is_mine: bool
    may_reply: bool
    may_edit: bool
    may_delete: bool
    may_restore: bool
    may_report: bool

    @classmethod
    def of(cls, viewer: Viewer, post: Post, now: datetime) -> _Rights:
        return cls(
            is_mine=permissions.is_author(viewer, post),
            may_reply=permissions.may_reply_to(viewer, post),
            may_edit=permissions.may_edit(viewer, post),
            may_delete=permissions.may_delete(viewer, post),
            may_restore=permissions.may_restore(viewer, post, now=now),
            may_report=permissions.may_report(viewer, post),
        )


def _files(post: Post) -> tuple[File, ...]:
    return tuple(sorted((File(**told) for told in post.files), key=lambda file: file.position))


def _has_read(read: Sequence[tuple[int, int]], number: int) -> bool:
    return any(low <= number < high for low, high in read)


def number_in(text: str | None, otherwise: int) -> int:
    """A post's number as an address gives it."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def answered(posts: PostQuerySet, aliases: ThreadAliasQuerySet, thread: int, query: Mapping[str, str]) -> Post | None:
    """Which of `posts` an address of replying names: `post` is a key, in whatever thread that stands now; `to` is a
    number in `thread`, as older addresses have it; neither is the opening. Of a thread that was merged only the post
    is left that opened it."""
    if "post" in query:
        return posts.filter(pk=number_in(query["post"], 0)).first()
    found = posts.filter(thread=thread, number=number_in(query.get("to"), 1)).first()
    return found or posts.filter(pk__in=aliases.filter(thread=thread).values("post")).first()


def went_to(posts: PostQuerySet, alias: ThreadAlias, query: Mapping[str, str], reading: Reading) -> Post:
    """Which of `posts` an address of a merged thread names: by its key (`post`), or as the one with which `page` began
    there; else the one that opened it."""
    named = number_in(query.get("post"), 0)
    if not named:
        page = number_in(query.get("page"), 0)
        named = alias.first_on(page, by_time=reading == Reading.TIME) or alias.post_id
    return posts.filter(pk=named).select_related("thread").first() or alias.post


ADDRESS = re.compile(r"/(t|threads|posts)/(\d{1,17})(?:/|$)")


def threads_meant(
    threads: ThreadQuerySet, posts: PostQuerySet, aliases: ThreadAliasQuerySet, asked: str
) -> list[Thread]:
    """Which of `threads` somebody means who pastes an address, of a thread or of a post in it, or types words of its
    title; at most twenty, the one written in last first."""
    address = ADDRESS.search(asked)
    if address is None:
        return list(threads.titled(asked).order_by("-last_post_at", "-pk")[:20])
    kind, number = address.groups()
    if kind == "posts":
        return list(threads.filter(pk__in=posts.filter(pk=int(number)).values("thread")))
    went = aliases.filter(thread=int(number)).values("post__thread")
    return list(threads.filter(Q(pk=int(number)) | Q(pk__in=went)))
