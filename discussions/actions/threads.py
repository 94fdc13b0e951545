"""open_thread, set_stand, set_topics; and for coordinators lock, unlock, pin, unpin, rename, move, remove, restore.

What they do with a whole thread is a decision with its reason, but for putting it on top (D13)."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from discussions import permissions
from discussions.actions import attachments, decisions
from discussions.actions.posts import LONGEST, check_text, locked, publish, written_text
from discussions.models import Decision, Post, Space, StandRevision, Thread
from discussions.models.decision import OF_THREADS, Act, Grounds
from discussions.models.thread import Kind
from discussions.signals import thread_moved, thread_opened, thread_renamed, thread_restored
from experts.actions import names
from experts.models import Name
from experts.topics import called_now
from swexpertise.numbers import grouped

LONGEST_STAND = LONGEST // 10
MOST_TOPICS = 8
LONGEST_TOPIC = 50


@transaction.atomic
def open_thread(
    *,
    by: User,
    name: Name | None = None,
    space: Space,
    title: str,
    text: str,
    kind: str = Kind.DISCUSSION,
    topics: Iterable[str] = (),
    at: datetime | None = None,
    is_history: bool = False,
    form_key: uuid.UUID | None = None,
    anonymously: bool = False,
    content_note: str = "",
    attached: Sequence[str] = (),
) -> Thread:
    """`name` opens a thread in `space` with its first post. The same `form_key` again gives the same thread.

    `anonymously`: it is a question from “a member”, under a new name that leads nowhere; `name` is left unused (D12).
    """
    check_text(text)
    seen = Space.objects.visible_to(by).filter(pk=space.pk).first()
    if seen is None or not permissions.may_open_thread(by, seen):
        raise PermissionDenied(_("This space isn't open to you."))
    if anonymously:
        kind = Kind.QUESTION
        if not permissions.may_ask_as_a_member(by, seen):
            raise PermissionDenied(_("In this space questions are asked under a name."))
    elif name is None or not permissions.may_speak_as(by, name):
        raise PermissionDenied(_("You can't write under this name."))
    if form_key and (twin := _thread_of_form(by, form_key)):
        return twin
    at = at or timezone.now()
    if anonymously or name is None:
        name = names.veil(by=by, at=at)
    thread = Thread(space=seen, title=clean_title(title), author=name, kind=kind, opened_at=at, last_post_at=at)
    thread.full_clean(exclude=["topics"], validate_unique=False, validate_constraints=False)
    thread.save(force_insert=True)
    if words := clean_topics(topics):
        thread.topics.set(words)
    post = publish(
        by=by, name=name, thread=thread, text=text, parent=None, at=at, form_key=form_key, note=content_note
    )
    attachments.attach(by=by, post=post, keys=attached)
    thread_opened.send(Thread, thread=thread, post=post, by=by, is_history=is_history)
    return thread


def _thread_of_form(by: User, form_key: uuid.UUID) -> Thread | None:
    """The account is locked for this transaction, so that two sendings of one form queue up here."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    post = Post.objects.visible_to(by).of_form(by, form_key).select_related("thread").first()
    return post.thread if post else None


@transaction.atomic
def set_stand(*, by: User, name: Name, thread: Thread, text: str, at: datetime | None = None) -> Thread:
    """ "Where we stand", written by `name`; an empty text takes it away (D9)."""
    if len(text) > LONGEST_STAND:
        raise ValidationError(_("A summary has at most %(most)s characters."), params={"most": grouped(LONGEST_STAND)})
    thread = locked(thread, by=by)
    if not permissions.may_summarise(by, thread) or not permissions.may_speak_as(by, name, thread):
        raise PermissionDenied(_("You can't write the summary of this discussion."))
    StandRevision.objects.keep(thread, under=thread)
    if not text.strip():
        thread.stand_source = thread.stand_html = ""
        thread.stand_by = thread.stand_at = None
    else:
        written = written_text(text, 0, by=by)
        thread.stand_source, thread.stand_html = written.source, written.html
        thread.stand_by, thread.stand_at = name, at or timezone.now()
    thread.save(update_fields=["stand_source", "stand_html", "stand_by", "stand_at"])
    return thread


@transaction.atomic
def set_topics(*, by: User, thread: Thread, topics: Iterable[str]) -> Thread:
    """By whoever opened the thread, or a coordinator."""
    thread = locked(thread, by=by)
    if not permissions.may_set_topics(by, thread):
        raise PermissionDenied(_("You can't change the topics of this discussion."))
    thread.topics.set(clean_topics(topics))
    return thread


@transaction.atomic
def lock(*, by: User, thread: Thread, reason: str, grounds: str = Grounds.TIDY, at: datetime | None = None) -> Thread:
    return _decide(by, thread, Act.LOCK, reason, at, grounds, locked_at=at or timezone.now())


@transaction.atomic
def unlock(*, by: User, thread: Thread, reason: str, at: datetime | None = None) -> Thread:
    return _decide(by, thread, Act.UNLOCK, reason, at, locked_at=None)


@transaction.atomic
def pin(*, by: User, thread: Thread, reason: str = "", at: datetime | None = None) -> Thread:
    return _decide(by, thread, Act.PIN, reason, at, is_pinned=True)


@transaction.atomic
def unpin(*, by: User, thread: Thread, reason: str = "", at: datetime | None = None) -> Thread:
    return _decide(by, thread, Act.UNPIN, reason, at, is_pinned=False)


@transaction.atomic
def rename(
    *,
    by: User,
    thread: Thread,
    title: str,
    reason: str = "",
    grounds: str = Grounds.TIDY,
    at: datetime | None = None,
) -> Thread:
    """Addresses go by the number of the thread, so old links still arrive. The old title is shown to nobody but who
    opened it and may appeal, and who settles that; with the appeal it goes (D8, D13)."""
    thread = _decide(by, thread, Act.RENAME, reason, at, grounds, title=clean_title(title))
    thread_renamed.send(Thread, thread=thread, by=by)
    return thread


@transaction.atomic
def remove(
    *, by: User, thread: Thread, reason: str, grounds: str = Grounds.RULES, at: datetime | None = None
) -> Thread:
    """Out of sight for everybody; the rows stay."""
    return _decide(by, thread, Act.REMOVE, reason, at, grounds, removed_at=at or timezone.now())


@transaction.atomic
def restore(*, by: User, thread: Thread, reason: str, at: datetime | None = None) -> Thread:
    """What a coordinator removed is for all its readers again; not while an appeal waits, which is another's to
    settle, nor when that one upheld it (D13)."""
    decisions.check_reason(reason)
    thread = locked_removed(thread, by=by)
    removal = Decision.objects.visible_to(by).removals().filter(thread=thread).select_related("appeal").first()
    if not permissions.may_coordinate(by):
        raise PermissionDenied(_("Only coordinators can do this."))
    decisions.check_own(by=by, thread=thread, act=Act.RESTORE)
    if removal is None:
        raise ValidationError(_("It stands there again already."), code="restored")
    if removal.is_appealed and not removal.appeal.outcome:
        raise ValidationError(_("Its author appealed. Another coordinator decides, on the page of reports."))
    if removal.is_appealed:
        raise ValidationError(
            _("Two coordinators decided that this stays hidden: one hid it, another upheld that."), code="upheld"
        )
    decisions.note(by=by, thread=thread, act=Act.RESTORE, reason=reason, at=at)
    return show_again(thread)


def show_again(thread: Thread) -> Thread:
    """The caller has locked it, and asked."""
    thread.removed_at = None
    thread.save(update_fields=["removed_at"])
    thread_restored.send(Thread, thread=thread)
    return thread


def locked_removed(thread: Thread, *, by: User) -> Thread:
    """As `locked`, a removed one too. For those who judge that."""
    rows = Thread.objects.removed_or_not(by).filter(pk=thread.pk).select_related("space", "author__veil")
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise PermissionDenied(_("This discussion isn't open to you."))
    return found


def set_aside(*, thread: Thread, at: datetime) -> None:
    """Out of sight because what it is about is no longer for its readers. For apps above; `bring_back` undoes it."""
    Thread.objects.filter(pk=thread.pk, removed_at=None).update(removed_at=at)


def bring_back(*, thread: Thread) -> None:
    """What it is about is for its readers again. A thread that a coordinator removed stays removed, and one that was
    merged stays where it went."""
    removed = Decision.objects.removals().filter(thread=thread).order_by()
    kept = Thread.objects.filter(pk=thread.pk, alias=None).exclude(pk__in=removed.values("thread"))
    kept.update(removed_at=None)


@transaction.atomic
def move(
    *,
    by: User,
    thread: Thread,
    space: Space,
    reason: str,
    grounds: str = Grounds.TIDY,
    at: datetime | None = None,
) -> Thread:
    """To another space, never to readers for whom it wasn't written (D8)."""
    decisions.check_reason(reason)
    thread = locked(thread, by=by)
    target = Space.objects.visible_to(by).filter(pk=space.pk).first()
    if target is None or not permissions.may_coordinate(by):
        raise PermissionDenied(_("Only coordinators who see both spaces move a discussion."))
    if not permissions.may_move(by, thread, target):
        raise ValidationError(
            _("Moving it there would show it to people it wasn't written for. Open a new discussion instead."),
            code="wider_audience",
        )
    decisions.check_own(by=by, thread=thread, act=Act.MOVE)
    decisions.note(by=by, thread=thread, act=Act.MOVE, grounds=Grounds(grounds), reason=reason, at=at)
    return put_in(thread, target, by=by)


def put_in(thread: Thread, space: Space, *, by: User) -> Thread:
    """The caller has locked it, and asked."""
    source, thread.space = thread.space, space
    thread.save(update_fields=["space"])
    thread_moved.send(Thread, thread=thread, by=by, from_space=source)
    return thread


def clean_title(title: str) -> str:
    """On one line, without control characters and changes of direction."""
    title = " ".join("".join(sign if sign.isprintable() else " " for sign in title).split())
    if not title:
        raise ValidationError({"title": _("Give it a title.")}, code="empty")
    if len(title) > 200:
        raise ValidationError({"title": _("A title has at most 200 characters.")}, code="too_long")
    return title


def clean_topics(topics: Iterable[str]) -> list[str]:
    """Words of the one vocabulary: spaces tidied, each once whatever its capitals."""
    words = {word.casefold(): word for word in (" ".join(topic.split()) for topic in topics) if word}
    if len(words) > MOST_TOPICS:
        raise ValidationError(
            {"topics": _("Choose at most %(most)d topics.") % {"most": MOST_TOPICS}}, code="too_many"
        )
    if any(len(word) > LONGEST_TOPIC or not word.isprintable() for word in words.values()):
        raise ValidationError({"topics": _("A topic is one or a few words.")}, code="too_long")
    return called_now(words.values())


def _decide(
    by: User, thread: Thread, act: Act, reason: str, at: datetime | None, grounds: str = "", **changes: object
) -> Thread:
    thread = locked(thread, by=by)
    if not permissions.may_coordinate(by):
        raise PermissionDenied(_("Only coordinators can do this."))
    is_own = permissions.is_opener(by, thread)
    if act in OF_THREADS and not (is_own and act == Act.RENAME):
        decisions.check_reason(reason)
    if act in OF_THREADS:
        decisions.check_own(by=by, thread=thread, act=act)
    before = thread.title if act == Act.RENAME and not is_own else ""
    kind = Grounds(grounds).value if grounds else ""
    decisions.note(by=by, thread=thread, act=act, grounds=kind, reason=reason, title_before=before, at=at)
    for field, value in changes.items():
        setattr(thread, field, value)
    thread.save(update_fields=list(changes))
    return thread
