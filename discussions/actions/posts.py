"""reply, edit, delete, restore: what happens to a post. Each locks the thread's row first, so that numbers,
places and counters are handed out one at a time and two replies at once get a stable order (D16)."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import groups, mentions, permissions, quoting, tree
from discussions.actions import attachments, decisions
from discussions.actions.reading import mark_read
from discussions.models import Appeal, GroupMention, Mention, Post, Revision, Thread, ThreadAlias
from discussions.models.decision import Act, Grounds
from discussions.models.post import LONGEST_NOTE
from discussions.rewriting import handles_in_source, put, without_handles
from discussions.signals import post_deleted, post_edited, post_published, post_restored, thread_renamed
from experts.models import Name
from swexpertise.numbers import grouped
from swexpertise.writing import Written, write

LONGEST = 100_000
GRACE = timedelta(minutes=5)
_SAID = ("source", "html", "plain", "content_note")


class Elsewhere(ValidationError):
    """What is answered stands in another thread by now: there was a split or a merge."""

    def __init__(self, post: Post) -> None:
        super().__init__(
            _("This discussion was just divided or joined with another. Your text is still here: send it again."),
            code="elsewhere",
        )
        self.post = post


def reply(
    *,
    by: User,
    name: Name,
    thread: Thread,
    text: str,
    parent: Post | None = None,
    at: datetime | None = None,
    is_history: bool = False,
    form_key: uuid.UUID | None = None,
    content_note: str = "",
    attached: Sequence[str] = (),
) -> Post:
    """`name` answers `parent`, or the opening post. The same `form_key` again gives the post it made the first time.

    PermissionDenied: `by` doesn't see the thread, doesn't hold the name, or the thread is locked. ValidationError: the
    text is empty or too long, calls too many people, or what it answers is deleted or stands in another thread. When
    that thread was split or merged meanwhile, the reply follows what it answers.
    """
    check_text(text)
    place = partial(
        _reply,
        by=by,
        name=name,
        text=text,
        at=at,
        is_history=is_history,
        form_key=form_key,
        note=clean_note(content_note),
        attached=attached,
    )
    try:
        return place(thread=thread, parent=parent)
    except Elsewhere as moved:  # in a transaction of its own, so that no two threads are locked at once
        return place(thread=moved.post.thread, parent=moved.post)


@transaction.atomic
def _reply(
    *,
    by: User,
    name: Name,
    thread: Thread,
    text: str,
    parent: Post | None,
    at: datetime | None,
    is_history: bool,
    form_key: uuid.UUID | None,
    note: str,
    attached: Sequence[str],
) -> Post:
    thread = _locked_or_elsewhere(thread, parent, by)
    if not permissions.may_speak_as(by, name, thread):
        raise PermissionDenied(_("You can't write under this name."))
    if form_key and (twin := Post.objects.filter(author=name, form_key=form_key).first()):
        return twin
    if not permissions.may_post(by, thread):
        raise PermissionDenied(_("This discussion is closed. You can read it, but no longer reply."))
    parent = _parent(thread, parent, by)
    post = publish(by=by, name=name, thread=thread, text=text, parent=parent, at=at, form_key=form_key, note=note)
    attachments.attach(by=by, post=post, keys=attached)
    post_published.send(Post, post=post, by=by, is_history=is_history)
    return post


def publish(
    *,
    by: User,
    name: Name,
    thread: Thread,
    text: str,
    parent: Post | None,
    at: datetime | None,
    form_key: uuid.UUID | None,
    note: str = "",
) -> Post:
    """Puts a post in `thread`, whose row the caller has locked; announces nothing. `parent` None: the opening post."""
    number = thread.last_number + 1
    key = Post.objects.next_key() if "[^" in text else None
    written = written_text(text, key or 0, by=by)
    post = Post(
        pk=key,
        thread=thread,
        author=name,
        parent=parent,
        number=number,
        path=_place(thread, parent) if parent else tree.ROOT,
        depth=parent.depth + 1 if parent else 0,
        source=written.source,
        html=written.html,
        plain=written.plain,
        content_note=clean_note(note) or quoting.carried_note(written.source, by),
        posted_at=at or timezone.now(),
        form_key=form_key,
    )
    post.save(force_insert=True)
    thread.last_number = number
    thread.post_count += 1
    thread.last_post_at = max(thread.last_post_at, post.posted_at)
    thread.save(update_fields=["last_number", "post_count", "last_post_at"])
    named = {name.handle.lower() for name in mentions.keep(post, written.handles, by=by, is_new=True)}
    groups.keep(post, set(written.handles) - named, by=by, is_new=True)
    mark_read(by=by, thread=thread, numbers=[number], at=post.posted_at)
    return post


@transaction.atomic
def edit(
    *,
    by: User,
    post: Post,
    text: str,
    seen: str = "",
    at: datetime | None = None,
    content_note: str | None = None,
    attached: Sequence[str] = (),
    dropped: Sequence[str] = (),
) -> Post:
    """The earlier text is kept as a revision, except within five minutes of writing it: that leaves no mark (D6).

    `seen` is the `fingerprint` of the text that the writer began with; when it changed since, nothing is lost.
    `content_note` None leaves the note as it is.
    `attached` are keys of files that wait for it, `dropped` of those that go, at once and for everybody.
    """
    at = at or timezone.now()
    check_text(text)
    post = locked_post(post, by=by)
    if not permissions.may_edit(by, post):
        raise PermissionDenied(_("You can't change this post."))
    if seen and seen != fingerprint(post):
        raise ValidationError(
            _("This post was changed in another window. Both texts are below: make one of them, and save again."),
            code="stale",
        )
    attachments.drop(post=post, keys=dropped)
    attachments.attach(by=by, post=post, keys=attached)
    written = written_text(text, post.pk, by=by)
    note = post.content_note if content_note is None else clean_note(content_note)
    note = note or quoting.carried_note(written.source, by)
    if written.source == post.source and note == post.content_note:
        return post
    changed = list(_SAID)
    if written.source != post.source and at - (post.edited_at or post.posted_at) > GRACE:
        _keep_revision(post, at)
        post.edited_at = at
        changed.append("edited_at")
    post.source, post.html, post.plain, post.content_note = written.source, written.html, written.plain, note
    post.save(update_fields=changed)
    _take_out_handles(post)
    newly = mentions.keep(post, written.handles, by=by)
    groups_called = groups.keep(post, written.handles, by=by)
    post_edited.send(Post, post=post, by=by, newly_mentioned=newly, groups_called=groups_called)
    return post


@transaction.atomic
def delete(
    *, by: User, post: Post, reason: str = "", grounds: str = Grounds.OTHER, at: datetime | None = None
) -> Post:
    """Leaves a stub, so that replies keep their place; the text moves to a revision for thirty days (D7).

    Somebody else's: a coordinator hides it, and says why; the author is told and may appeal (D13).
    """
    at = at or timezone.now()
    post = locked_post(post, by=by)
    if post.deleted_at is not None:
        return post
    if not permissions.may_delete(by, post):
        raise PermissionDenied(_("You can't delete this post."))
    if permissions.is_author(by, post):
        return take_away(post, by=by, by_author=True, at=at)
    decisions.check_reason(reason)
    take_away(post, by=by, by_author=False, at=at)
    decisions.note(by=by, post=post, act=Act.REMOVE_POST, grounds=grounds, reason=reason, at=at)
    return post


@transaction.atomic
def restore(*, by: User, post: Post, at: datetime | None = None) -> Post:
    """Within thirty days: the text and its mentions come back; nobody is called anew.

    What a coordinator hid comes back by a coordinator, which the author is told; not while an appeal waits, which is
    another coordinator's to settle, nor when that one upheld it (D13).
    """
    at = at or timezone.now()
    post = locked_post(post, by=by)
    if post.deleted_at is None:
        return post
    if not permissions.may_restore(by, post, now=at):
        raise PermissionDenied(_("You can't bring this post back."))
    is_verdict = not post.deleted_by_author
    if is_verdict and Appeal.objects.waiting().filter(decision__post=post).exists():
        raise ValidationError(_("Its author appealed. Another coordinator decides, on the page of reports."))
    if is_verdict and Appeal.objects.that_keep_hidden(post).exists():
        raise ValidationError(_("Two coordinators decided that this stays hidden: one hid it, another upheld that."))
    put_back(post, by=by)
    if is_verdict:
        decisions.note(by=by, post=post, act=Act.RESTORE_POST, at=at)
    return post


def _take_out_handles(post: Post) -> None:
    """Whoever is named in an earlier text and no longer in the one of now is named in none: a name that was taken out
    is gone for everybody at once (D6)."""
    left = handles_in_source(post.source)
    for revision in Revision.objects.filter(post=post, source__contains="@"):
        if gone := handles_in_source(revision.source) - left:
            put(revision, without_handles(revision.source, gone), key=post.pk)
            revision.save(update_fields=["source", "html", "plain"])


def take_away(post: Post, *, by: User, by_author: bool, at: datetime) -> Post:
    """Out of the row, whose thread the caller has locked. With an opening post that is hidden goes the title of its
    thread: it is part of what was written, and stands in lists, mails and search."""
    if post.deleted_at is None:
        _keep_revision(post, at, title=post.thread.title if post.number == 1 and not by_author else "")
        post.source = post.html = post.plain = post.content_note = ""
        Mention.objects.filter(post=post).delete()
        GroupMention.objects.filter(post=post).delete()
        Thread.objects.filter(pk=post.thread_id).update(post_count=F("post_count") - 1)
    post.deleted_at, post.deleted_by_author = at, by_author
    post.save(update_fields=[*_SAID, "deleted_at", "deleted_by_author"])
    if post.number == 1 and not by_author:
        call(post.thread, _hidden_title(post.thread), by=by)
    post_deleted.send(Post, post=post, by=by)
    return post


def put_back(post: Post, *, by: User) -> Post:
    """The text as it was, and the title that went with it unless somebody gave another one meanwhile. The caller has
    locked the thread. ValidationError: it is gone for good."""
    last = Revision.objects.filter(post=post).order_by("-replaced_at", "-pk").first()
    if last is None:
        raise ValidationError(_("The text of this post is gone for good."), code="purged")
    post.source, post.html, post.plain, post.content_note = last.source, last.html, last.plain, last.content_note
    post.deleted_at, post.deleted_by_author = None, True
    post.save(update_fields=[*_SAID, "deleted_at", "deleted_by_author"])
    last.delete()
    Thread.objects.filter(pk=post.thread_id).update(post_count=F("post_count") + 1)
    handles = mentions.handles_in(post.html)
    mentions.keep(post, handles, by=by)
    groups.keep(post, handles, by=by)
    if last.title and post.thread.title == _hidden_title(post.thread):
        call(post.thread, last.title, by=by)
    post_restored.send(Post, post=post, by=by)
    return post


def call(thread: Thread, title: str, *, by: User) -> None:
    """Gives it this title. The caller has locked it, and asked."""
    thread.title = title
    thread.save(update_fields=["title"])
    thread_renamed.send(Thread, thread=thread, by=by)


def _hidden_title(thread: Thread) -> str:
    """The same for every thread of a language, so that it tells nothing."""
    with translation.override(thread.space.language):
        return _("Discussion whose beginning is hidden")


def fingerprint(post: Post) -> str:
    """Says whether a text is still the one that a form was opened with."""
    return hashlib.sha256(post.source.encode()).hexdigest()[:16]


def check_text(text: str) -> None:
    """Before anything is locked or rendered: a text that says something and fits."""
    if not text.strip():
        raise ValidationError(_("Write something first."), code="empty")
    if len(text) > LONGEST:
        raise ValidationError(
            _("Your text has %(length)s characters; %(most)s is the most. Shorten it, or divide it over posts."),
            code="too_long",
            params={"length": grouped(len(text)), "most": grouped(LONGEST)},
        )


def clean_note(note: str) -> str:
    """A content note, on one line; refused when it is too long to be read at a glance."""
    note = " ".join("".join(sign if sign.isprintable() else " " for sign in note).split())
    if len(note) > LONGEST_NOTE:
        raise ValidationError(
            {"content_note": _("A content note has at most %(most)d characters.") % {"most": LONGEST_NOTE}},
            code="too_long",
        )
    return note


def written_text(text: str, key: int, *, by: User) -> Written:
    """`text` as stored; refused when nothing is left after cleaning or when it calls too many people. `key` is that of
    the post it belongs to, or 0: footnotes of two posts then never share an address, wherever the posts stand."""
    written = write(text, note_prefix=f"k{key}", by=by)
    if not written.source:
        raise ValidationError(_("Write something first."), code="empty")
    mentions.check_count(written.handles)
    return written


def locked(thread: Thread, *, by: User) -> Thread:
    """The row of `thread`, locked until the transaction ends; refused when `by` can't see it. Reading goes on
    meanwhile: only splitting and merging hold that up."""
    rows = Thread.objects.visible_to(by).filter(pk=thread.pk).select_related("space")
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise PermissionDenied(_("This discussion isn't open to you."))
    return found


def locked_post(post: Post, *, by: User) -> Post:
    thread = locked(post.thread, by=by)
    found = Post.objects.select_related("author").get(pk=post.pk)
    found.thread = thread
    return found


def _locked_or_elsewhere(thread: Thread, parent: Post | None, by: User) -> Thread:
    try:
        return locked(thread, by=by)
    except PermissionDenied:
        alias = ThreadAlias.objects.visible_to(by).of(thread.pk).first()
        if alias is None:
            raise
        raise Elsewhere(_standing_elsewhere(thread, parent, by) or alias.post) from None


def _standing_elsewhere(thread: Thread, post: Post | None, by: User) -> Post | None:
    """`post` in the other thread where it stands by now, if `by` sees it there."""
    if post is None:
        return None
    return Post.objects.visible_to(by).exclude(thread=thread).filter(pk=post.pk).select_related("thread").first()


def _parent(thread: Thread, parent: Post | None, by: User) -> Post:
    """What is answered, as it is now, under the lock."""
    rows = Post.objects.filter(thread=thread).only("thread", "number", "path", "depth", "reply_count", "deleted_at")
    found = rows.filter(pk=parent.pk).first() if parent else rows.filter(number=1).first()
    if found is None:
        if parent and parent.thread_id == thread.pk and (moved := _standing_elsewhere(thread, parent, by)):
            raise Elsewhere(moved)
        raise ValidationError(_("What you reply to isn't part of this discussion."), code="foreign_parent")
    if found.deleted_at is not None and parent is not None:
        raise ValidationError(
            _("What you reply to was deleted in the meantime. Reply to another post, or to the discussion."),
            code="deleted_parent",
        )
    found.thread = thread
    return found


def _place(thread: Thread, parent: Post) -> bytes:
    """The next place under `parent`, or under the deepest post above it that has room (see tree.py)."""
    for above in _with_room_first(thread, parent):
        path = tree.child(bytes(above.path), above.reply_count)
        if tree.fits(path):
            Post.objects.filter(pk=above.pk).update(reply_count=above.reply_count + 1)
            return path
    raise ValidationError(_("This discussion is full. Open a new one."), code="full")


def _with_room_first(thread: Thread, parent: Post) -> Iterable[Post]:
    yield parent
    above = tree.ancestors(bytes(parent.path))
    for start in range(0, len(above), 50):
        batch = Post.objects.filter(thread=thread, path__in=above[start : start + 50])
        yield from batch.only("path", "reply_count").order_by("-path")


def _keep_revision(post: Post, at: datetime, *, title: str = "") -> None:
    Revision.objects.create(
        post=post,
        title=title,
        source=post.source,
        html=post.html,
        plain=post.plain,
        content_note=post.content_note,
        written_at=post.edited_at or post.posted_at,
        replaced_at=at,
    )
