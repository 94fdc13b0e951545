"""deal_with: a mail that is stored becomes a post, a bounce, a stopped mail, something that waits, or nothing.
publish, throw_away: what the member decides about a reply that waits."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from email import message_from_bytes
from io import BytesIO

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from discussions.actions import attachments, posts
from discussions.models import Post, Thread
from discussions.passages import Passages
from discussions.permissions import may_post, may_reply_to, may_speak_as
from discussions.voices import voices_in
from experts.models import Name
from notifications import addresses, crash
from notifications.actions import bounces, notes
from notifications.actions.issues import left_after_all
from notifications.actions.preferences import stop_mail
from notifications.inbound.automatic import is_automatic
from notifications.inbound.proof import is_proven
from notifications.inbound.reading import Mail, Sender, Unreadable, head_of, header_text, read, sender_of
from notifications.inbound.reports import weight_of
from notifications.inbound.stripping import Doubt, names_in, strip
from notifications.models import Inbound, Issue, ParkedReply, ReplyAddress
from notifications.models.inbound import MOST_TRIES, Reason, State, hash_of
from notifications.models.reachability import NoteKind

logger = logging.getLogger(__name__)

REFUSALS = {Reason.LOCKED, Reason.GONE}  # told as a refusal; the rest as something that waits
LONGEST_KEPT = 120_000  # characters of a reply that waits
# The order in which one doubt is named when there are several.
BY_WEIGHT = (Doubt.NAME, Doubt.SIGNATURE, Doubt.QUOTE, Doubt.BETWEEN)


def work_off(*, now: datetime, most: int = 200) -> int:
    """Mails that were stored and not dealt with; and lets go of what was kept long enough."""
    waiting = list(Inbound.objects.waiting().values_list("pk", flat=True)[:most])
    for pk in waiting:
        deal_with(pk, now=now)
    Inbound.objects.past_keeping(now).delete()
    ParkedReply.objects.past_keeping(now).delete()
    ReplyAddress.objects.expired(now).delete()
    return len(waiting)


def deal_with(pk: int, *, now: datetime) -> None:
    """Counts the try first, so that a mail which kills its worker is given up the third time; then does it, in one
    transaction with whatever comes of it."""
    if not Inbound.objects.waiting().filter(pk=pk, tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        _give_up(pk, now)
        return
    try:
        with transaction.atomic():
            mail = Inbound.objects.waiting().select_for_update(skip_locked=True).filter(pk=pk).first()
            if mail is not None:
                state, why = _outcome(mail, now)
                _close(pk, state, why)
                crash.point("before keeping")
    except Exception as error:
        # Neither the mail nor what the error says of it may stand in a log, so there is no trace.
        logger.error("a mail that came in could not be dealt with: %s; tried again later", type(error).__name__)


@transaction.atomic
def _give_up(pk: int, now: datetime) -> None:
    """Tried three times: the member hears that there was a mail, if it was one of theirs."""
    mail = Inbound.objects.waiting().select_for_update(skip_locked=True).filter(pk=pk).first()
    if mail is None:
        return
    kind, token = addresses.parts_of(mail.envelope_to)
    address = ReplyAddress.objects.by_token(token).first() if kind == addresses.REPLY else None
    if address is not None:
        _park(address, Reason.UNREADABLE, "", now)
    _close(pk, State.PARKED, "given up")


def _close(pk: int, state: State, why: str) -> None:
    """From now on nothing of the mail is kept but that it came."""
    Inbound.objects.filter(pk=pk).update(state=state, why=why, raw=b"", envelope_to="", envelope_from=None)


def _outcome(mail: Inbound, now: datetime) -> tuple[State, str]:
    """What becomes of it, and a word for it."""
    kind, token = addresses.parts_of(mail.envelope_to)
    raw = bytes(mail.raw)
    if kind == addresses.BOUNCE:
        return _bounce(raw, token, now)
    if kind == addresses.UNSUBSCRIBE:
        return _unsubscribe(raw, now)
    return _reply(mail, raw, token, now)


def _bounce(raw: bytes, token: str, now: datetime) -> tuple[State, str]:
    mail = addresses.bounced(token)
    if mail is None:
        return State.DROPPED, "forged"
    if isinstance(mail, Issue):
        left_after_all(mail.pk, at=now)
    weight = weight_of(message_from_bytes(raw))
    if not weight:
        return State.DROPPED, "no failure"
    said = f"bounce {mail.pk}" if isinstance(mail, Issue) else f"note bounce {mail.pk}"
    if not Inbound.objects.filter(state=State.DONE, why=said).exists():
        bounces.take(user=mail.recipient, weight=weight, at=now)
    return State.DONE, said


def _unsubscribe(raw: bytes, now: datetime) -> tuple[State, str]:
    """The key stands in the subject, as our header asked (N15)."""
    try:
        key = header_text(head_of(raw).get("Subject", ""))
    except Unreadable:
        return State.DROPPED, "unreadable"
    stop_mail(key=key[:64], at=now)
    return State.DONE, "stopped"


def _reply(mail: Inbound, raw: bytes, token: str, now: datetime) -> tuple[State, str]:
    address = ReplyAddress.objects.by_token(token).first()
    if address is None or not address.recipient.is_active:
        return State.DROPPED, "unknown token"
    try:
        head = head_of(raw)
        if is_automatic(head, envelope_from=mail.envelope_from):
            return State.DROPPED, "automatic"
        sender = sender_of(head)
        if not _is_the_member(sender, address):
            return _park(address, Reason.FOREIGN, "", now)
        if mail.is_too_large:
            return _park(address, Reason.UNREADABLE, "", now)
        letter = read(raw)
    except Unreadable:
        return _park(address, Reason.UNREADABLE, "", now)
    return _place(address, letter, sender, now)


def _is_the_member(sender: Sender | None, address: ReplyAddress) -> bool:
    """From the address that the mail was sent to, as long as it is still theirs: a token that was passed on is of no
    use to anybody else."""
    return (
        sender is not None
        and sender.address == address.recipient.email
        and hash_of(sender.address) == address.sent_to_hash
    )


def _place(address: ReplyAddress, letter: Mail, sender: Sender | None, now: datetime) -> tuple[State, str]:
    """What the member wrote becomes a post under the name they use in that thread; when in doubt it waits for them."""
    member, post = address.recipient, address.post
    threads = Thread.objects.visible_to(member).with_my_name(member).select_related("author__veil")
    thread = threads.filter(pk=post.thread_id).first()
    mine = voices_in(member, thread) if thread else []
    name = _speaks_as(thread, mine) if thread else None
    found = strip(
        letter.text,
        speaks_as=_shown(name) if name else [],
        sent=f"{post.plain} {thread.title}" if thread else "",
    )
    text, has_files = found.text[:LONGEST_KEPT], bool(letter.files)
    reason = _objection(address, thread, letter, text, now)
    if reason is not None or name is None:
        return _park(address, reason or Reason.CHOICE, text, now, had_files=has_files)
    if doubt := _doubt(found.doubts, text, member, name, mine, sender):
        return _park(address, Reason(doubt), text, now, had_files=has_files)
    keys = [] if _is_pseudonymous(name, mine) else _cleaned(letter.files, member, now)
    try:
        with transaction.atomic():
            posts.reply(by=member, name=name, thread=post.thread, text=text, parent=post, at=now, attached=keys)
    except (ValidationError, PermissionDenied) as refusal:
        attachments.take_away(by=member, keys=keys)
        is_long = getattr(refusal, "code", "") == "too_long"
        return _park(address, Reason.TOO_LONG if is_long else Reason.REFUSED, text, now, had_files=has_files)
    if len(keys) < len(letter.files):
        ParkedReply.objects.create(
            recipient=member, post=post, reason=Reason.ATTACHMENTS, had_files=True, received_at=now
        )
    return State.DONE, "posted"


def _objection(address: ReplyAddress, thread: Thread | None, letter: Mail, text: str, now: datetime) -> Reason | None:
    """Why this can't be posted now, whatever its words are; asked of the same rules as a form."""
    member = address.recipient
    if thread is None or (address.post.deleted_at is not None and may_post(member, thread)):
        return Reason.GONE
    if not may_post(member, thread):
        return Reason.LOCKED
    if not text:
        return Reason.EMPTY
    if address.expires_at <= now:
        return Reason.LATE
    if not is_proven(letter.head, address=member.email, authserv_id=settings.TRUSTED_AUTHSERV_ID):
        return Reason.UNPROVEN
    return None


def _cleaned(files: Iterable[bytes], member: User, now: datetime) -> list[str]:
    """Made anew, as every file that is handed in (N20); what is no picture or PDF, or too much, stays behind."""
    keys = []
    for data in list(files)[: attachments.MOST_A_POST]:
        try:
            keys.append(attachments.hand_in(by=member, file=BytesIO(data), at=now).key)
        except ValidationError:
            continue
    return keys


def _speaks_as(thread: Thread, mine: list[Name]) -> Name | None:
    """The name they use in this thread: “a member” where they asked that way (D12), else the one they used last, else
    their only one. None: they have several and used none of them there."""
    if mine and (mine[0].is_anonymous or len(mine) == 1):
        return mine[0]
    return next((name for name in mine if name.pk == thread.my_name), None)


def _shown(name: Name) -> list[str]:
    """The spellings that a reader of the post sees anyway."""
    return [] if name.is_anonymous else [name.display_name, name.handle, name.display_name.split()[0]]


def _is_pseudonymous(name: Name, mine: list[Name]) -> bool:
    """Whoever has several names may want to keep them apart. Files could join them, so they stay behind."""
    return len(mine) > 1 or not name.is_first


def _doubt(
    doubts: set[Doubt], text: str, member: User, name: Name, mine: list[Name], sender: Sender | None
) -> Doubt | None:
    """The weightiest reason not to publish `text` unseen: what may say who writes, or is not theirs."""
    others = [word for other in mine if other.pk != name.pk for word in (other.display_name, other.handle)]
    hidden = [*others, member.email.partition("@")[0], sender.name if sender else ""]
    is_pseudonymous = _is_pseudonymous(name, mine)
    if member.email in text.casefold() or names_in(
        text, hidden=hidden, shown=_shown(name), is_pseudonymous=is_pseudonymous
    ):
        return Doubt.NAME
    return next((doubt for doubt in BY_WEIGHT if doubt in doubts), None)


def _park(
    address: ReplyAddress, reason: Reason, text: str, now: datetime, *, had_files: bool = False
) -> tuple[State, str]:
    """For the member to see on the site; a mail without content says that there is something."""
    ParkedReply.objects.update_or_create(
        recipient=address.recipient,
        post=address.post,
        reason=reason,
        text=text,
        defaults={"received_at": now, "had_files": had_files},
    )
    kind = NoteKind.REFUSED if reason in REFUSALS else NoteKind.WAITING
    notes.leave(recipient=address.recipient, kind=kind, at=now)
    return State.PARKED, reason


@transaction.atomic
def publish(*, by: User, parked: ParkedReply, name: Name, text: str, content_note: str = "", at: datetime) -> Post:
    """The member looked at it, and says so. PermissionDenied and ValidationError as of `posts.reply`."""
    mine = ParkedReply.objects.visible_to(by).select_for_update().filter(pk=parked.pk).first()
    posts_seen = Post.objects.visible_to(by).select_related("thread")
    post = posts_seen.filter(pk=mine.post_id).first() if mine is not None and mine.post_id is not None else None
    if mine is None or post is None or not may_reply_to(by, post) or not may_speak_as(by, name, post.thread):
        raise PermissionDenied(_("This can't be answered any more. Copy your text if you want to keep it."))
    made = posts.reply(by=by, name=name, thread=post.thread, text=text, parent=post, content_note=content_note, at=at)
    mine.delete()
    return made


def throw_away(*, by: User, parked: ParkedReply) -> None:
    """Gone, without a trace."""
    ParkedReply.objects.visible_to(by).filter(pk=parked.pk).delete()


def forget(*, posts: Collection[int], passages: Passages) -> None:
    """What waits quotes what was mailed: the lines that repeat a text of which thirty days are over go (D7)."""
    for parked in ParkedReply.objects.exclude(text="").order_by("pk").iterator(chunk_size=500):
        lines = parked.text.split("\n")
        touched = passages.touched(lines, is_answer=parked.post_id in posts)
        left = [line for place, line in enumerate(lines) if place not in touched]
        if touched:
            ParkedReply.objects.filter(pk=parked.pk).update(text="\n".join(left))
