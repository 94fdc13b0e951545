"""record and its like: what happened goes into the outbox. stand_with_posts: it follows posts that were split or
merged. settle_calls: what is told of calls that an edit took away, or put back. fan_out: from the outbox to a delivery
for everybody who is told.

Recording is part of the transaction that did the thing. Fanning out takes the rows one by one, each in a transaction
of its own; doing it twice, or in two workers, changes nothing.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Value

from accounts.models import Preferences, User
from accounts.models.preferences import MailDetail, Rhythm
from cms.models import KnowledgePage
from discussions.models import Mention, Poll, Post, Thread
from experts.models import Name
from experts.veils import account_behind
from letters.models import Letter
from notifications.audience import Rule, in_a_group, letters, posts, who_sees
from notifications.discretion import allowed_by, allowed_of_letter, chosen_at, strictest
from notifications.levels import TOLD_BY_LEVEL, Reason, is_urgent, reason
from notifications.models import Delivery, Event, Issue, Watch
from notifications.models.delivery import Channel, State, Why
from notifications.models.event import Kind
from notifications.models.issue import WAITING
from notifications.models.watch import level_for, level_in

logger = logging.getLogger(__name__)

CALLS = (Reason.MENTION, Reason.GROUP)
TOGETHER = 100  # members asked for in one query
Candidate = Any  # a User with what `_candidates` adds: level, is_mentioned, is_answered, rhythm


def record(*, kind: Kind, post: Post, at: datetime) -> Event:
    """One outbox row, whatever the number of those who will be told."""
    return Event.objects.create(
        kind=kind,
        thread_id=post.thread_id,
        post=post,
        actor_id=post.author_id,
        at=at,
        mail_detail=allowed_by(post),
    )


def record_letter(*, kind: Kind, letter: Letter, at: datetime) -> Event:
    return Event.objects.create(kind=kind, letter=letter, at=at, mail_detail=allowed_of_letter(letter))


def record_poll(*, poll: Poll, at: datetime) -> Event:
    """Nobody is told of its opening; of its closing the overview tells whoever didn't vote (see `votes_for`)."""
    return Event.objects.create(
        kind=Kind.POLL_OPENED, poll=poll, at=at, mail_detail=allowed_by(poll), fanned_out_at=at
    )


def record_page(*, page: KnowledgePage, is_first: bool, checked_on: date | None, at: datetime) -> Event | None:
    """That it is new; or that it was checked again, when it was checked on a later day than is known. The overview
    asks for both (see `offers_for`). None: nothing that readers need to be told."""
    day = checked_on or at.date()
    if not is_first:
        known = Event.objects.filter(page=page).aggregate(last=Max("day"))["last"]
        begun = page.first_published_at
        if checked_on is None or (known or (begun.date() if begun else day)) >= checked_on:
            return None
    kind = Kind.PAGE_NEW if is_first else Kind.PAGE_CHECKED
    event, _made = Event.objects.get_or_create(
        page_id=page.pk,
        day=day,
        defaults={"kind": kind, "at": at, "mail_detail": MailDetail.FULL, "fanned_out_at": at},
    )
    return event


def stand_with_posts(thread: Thread) -> None:
    """The events of posts that came to stand in `thread` are told of as there; what is planned for them follows."""
    Event.objects.filter(post__thread=thread).exclude(thread=thread).update(thread=thread)


@transaction.atomic
def settle_calls(post: Post) -> None:
    """`post` was edited: whoever is no longer called in it is told for what else there is, or not at all, on the site
    and in mail that hasn't left (D6); a call that is put back counts again. What was mailed stays in the ledger as it
    was (N5). Waits for whoever is telling of it just now; a mail that is being sent asks for itself."""
    list(Event.objects.filter(post=post).select_for_update(of=("self",)).values_list("pk", flat=True))
    named = Mention.objects.filter(post=post, name__holder=OuterRef("recipient"), name__retired_at=None)
    told = Delivery.objects.filter(event__post=post, reason__in=CALLS).annotate(
        is_named=Exists(named),
        in_group=ExpressionWrapper(in_a_group(post.pk, "recipient__"), output_field=BooleanField()),
        level_now=level_in(post.thread, user="recipient"),
    )
    rows = list(told.order_by().values_list("pk", "recipient", "reason", "level_now", "is_named", "in_group"))
    parent = post.parent if rows else None
    answered = account_behind(parent.author) if parent is not None and parent.author.retired_at is None else None
    now: dict[Reason | None, list[int]] = defaultdict(list)
    for pk, recipient, kept, level, is_named, in_group in rows:
        if is_named if kept == Reason.MENTION else in_group:
            now[Reason(kept)].append(pk)
        else:
            other = reason(level, is_mentioned=is_named, is_answered=recipient == answered, is_called=in_group)
            now[other].append(pk)
    for why, keys in now.items():
        if why is None:
            _take_back(keys)
        else:
            _tell_for(why, keys)


def _take_back(keys: Collection[int]) -> None:
    """Issues are held still meanwhile, so that none takes along what is struck from it here."""
    planned = Issue.objects.filter(deliveries__in=keys, state__in=WAITING).select_for_update(of=("self",))
    open_issues = list(planned.values_list("pk", flat=True))
    rows, gone = Delivery.objects.filter(pk__in=keys), {"state": State.SUPPRESSED, "why": Why.TAKEN}
    rows.filter(channel=Channel.INBOX).update(**gone)
    unsent = rows.filter(Q(issue=None) | Q(issue__in=open_issues), channel=Channel.MAIL, state=State.PLANNED)
    unsent.update(**gone, issue=None)


def _tell_for(why: Reason, keys: Collection[int]) -> None:
    """What was taken back comes back with a call only: what somebody follows since then was written before that."""
    rows = Delivery.objects.filter(pk__in=keys)
    if why in CALLS:
        rows.filter(why=Why.TAKEN, channel=Channel.INBOX).update(state=State.SENT, why="")
        rows.filter(why=Why.TAKEN, channel=Channel.MAIL).update(state=State.PLANNED, why="")
    rows.exclude(why=Why.TAKEN).exclude(channel=Channel.MAIL, state=State.SENT).update(reason=why)


def fan_out(*, now: datetime, most: int = 1000) -> int:
    """Tells of what waits in the outbox, up to `most` events; gives how many."""
    told = 0
    for pk in Event.objects.waiting().values_list("pk", flat=True)[:most]:
        try:
            told += tell(pk, now=now)
        except Exception:
            logger.exception("an event could not be told; the others go on, and the next sweep tries again")
    return told


@transaction.atomic
def tell(pk: int, *, now: datetime) -> bool:
    """Plans the deliveries of one event. False when somebody else did.

    Waits for whoever is busy with it, so that a sweep which plans digests afterwards finds all deliveries there.
    """
    rows = Event.objects.waiting().select_related("post__parent__author", "thread", "actor", "letter")
    event = rows.filter(pk=pk).select_for_update(of=("self",)).first()
    if event is None:
        return False
    if event.kind == Kind.MADE_URGENT:
        _hurry(event)
        return _done(event, now)
    rule: Rule = letters if event.letter else posts
    key = (event.letter or event.post).pk
    for members in _batches(_followers(event) if event.letter else _candidates(event)):
        seen = {user for user, _thing in who_sees(((member, {key}) for member in members), rule)}
        told = [member for member in members if member.pk in seen]
        _give_preferences(member for member in told if member.rhythm is None)
        Delivery.objects.bulk_create(
            [delivery for member in told for delivery in _deliveries(event, member)], ignore_conflicts=True
        )
    return _done(event, now)


def _done(event: Event, now: datetime) -> bool:
    event.fanned_out_at = now
    event.save(update_fields=["fanned_out_at"])
    return True


def _hurry(event: Event) -> None:
    """A coordinator said that the post can't wait: what still waits about it goes at once, and nothing goes twice."""
    Delivery.objects.unclaimed().filter(event__post=event.post_id).update(is_urgent=True, passes_quiet=True)


def _followers(event: Event) -> QuerySet[User]:
    """As `_candidates`, of a letter: whoever follows it."""
    nothing = Value(False, output_field=BooleanField())
    members = User.objects.active().annotate(
        level=level_for(event.letter),
        is_mentioned=nothing,
        is_answered=nothing,
        is_called=nothing,
        is_muted=nothing,
        rhythm=F("preferences__rhythm"),
        mail_detail=F("preferences__mail_detail"),
        detail_changed_at=F("preferences__detail_changed_at"),
    )
    return members.filter(level__in=TOLD_BY_LEVEL).order_by("pk")


def _candidates(event: Event) -> QuerySet[User]:
    """Accounts that an event may concern, with `level`, `is_mentioned`, `is_answered`, `is_called` and `is_muted`,
    and what they chose for their mail.

    Whoever wrote it is not told, under whichever of their names they follow, are called or are answered. That is known
    here by account and shown to nobody.
    """
    parent = event.post.parent
    answered = account_behind(parent.author) if parent is not None and parent.author.retired_at is None else None
    called = Mention.objects.filter(post=event.post_id, name__holder=OuterRef("pk"), name__retired_at=None)
    members = User.objects.active().annotate(
        level=level_in(event.thread),
        is_mentioned=Exists(called),
        is_answered=Q(pk=answered) if answered else Value(False),
        is_called=in_a_group(event.post.pk),
        is_muted=Exists(Watch.objects.filter(user=OuterRef("pk"), name=event.actor_id)),
        rhythm=F("preferences__rhythm"),
        mail_detail=F("preferences__mail_detail"),
        detail_changed_at=F("preferences__detail_changed_at"),
    )
    if event.kind == Kind.MENTION_ADDED:
        told_before = Delivery.objects.filter(recipient=OuterRef("pk"), event__post=event.post_id)
        members = members.filter(Q(is_mentioned=True) | Q(is_called=True), ~Exists(told_before))
    else:
        members = members.filter(
            Q(level__in=TOLD_BY_LEVEL) | Q(is_mentioned=True) | Q(is_answered=True) | Q(is_called=True)
        )
    if (writer := account_behind(event.actor)) is not None:
        members = members.exclude(pk=writer)
    return members.order_by("pk")


def _batches(members: QuerySet[User]) -> Iterator[list[Candidate]]:
    """By key, so that memory stays the same however many follow a thread."""
    after = 0
    while found := list(members.filter(pk__gt=after)[:TOGETHER]):
        yield found
        if len(found) < TOGETHER:
            return
        after = found[-1].pk


def _deliveries(event: Event, member: Candidate) -> Iterator[Delivery]:
    """In the app at once; by mail when its window closes, unless this member wants none."""
    why = reason(
        member.level,
        is_mentioned=member.is_mentioned,
        is_answered=member.is_answered,
        is_called=member.is_called,
        is_muted=member.is_muted,
    )
    if why is None:
        return
    wants_mail = member.rhythm != Rhythm.NEVER
    can_wait = event.post is None or event.post.urgent_at is None
    common = {
        "event": event,
        "recipient": member,
        "reason": why,
        "is_urgent": is_urgent(member.level) or not can_wait,
        "passes_quiet": not can_wait,
        "mail_detail": _chosen_then(event, member),
        "at": event.at,
    }
    yield Delivery(**common, channel=Channel.INBOX, state=State.SENT)
    yield Delivery(
        **common,
        channel=Channel.MAIL,
        state=State.PLANNED if wants_mail else State.SUPPRESSED,
        why="" if wants_mail else Why.NEVER,
    )


def _chosen_then(event: Event, member: Candidate) -> MailDetail:
    """The strictest of all who have a say."""
    chosen = chosen_at(event.at, member.mail_detail or MailDetail.DISCREET, member.detail_changed_at)
    return strictest(event.mail_detail, chosen)


def _give_preferences(members: Iterable[User]) -> None:
    """Whoever never chose gets what everybody begins with: a daily digest, discreet."""
    missing = [Preferences(user=member) for member in members]
    if missing:
        Preferences.objects.bulk_create(missing, ignore_conflicts=True)


def hand_over(name: Name, nobody: Name) -> None:
    """Whoever was told of what `name` wrote keeps that, from nobody."""
    Event.objects.filter(actor=name).update(actor=nobody)
