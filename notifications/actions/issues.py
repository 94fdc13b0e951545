"""plan: an issue for each window that is due, with the deliveries that fall in it. lease, release, mark: who sends it.

Every function is a transaction of its own, or one statement, and may be repeated.
"""

import uuid
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Case, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from accounts.models import Preferences, User
from accounts.models.preferences import Rhythm
from notifications import crash
from notifications.beside import LONGEST_AHEAD, moments
from notifications.models import Delivery, Event, Issue, MailKey
from notifications.models.delivery import Channel, Why
from notifications.models.delivery import State as DeliveryState
from notifications.models.issue import MOST_KILLS, Kind, State, end_of_beside, end_of_last
from notifications.models.reachability import is_stopped
from notifications.permissions import may_look_after_mail
from notifications.quiet import held_until
from notifications.windows import Window, Wish, due, due_at_once

LATE = timedelta(minutes=1)  # so long a transaction may take that says something came
ONE_DAY = timedelta(hours=26)  # with the hour of a clock change, and one that a digest may be late
NO_ANSWER = "no answer"
TOGETHER = 500  # members planned for at a time
ROUND = 500  # mails leased and gathered at a time
BATCH = 50  # mails that may be on their way before that is written down
Came = Callable[[], Sequence[datetime]]  # the moments of what came to the site, in order
Member = Any  # Preferences with what `_members` adds: joined_at, has_key and the ends and beginnings of what waits
# After a mail that got no answer: long enough for a server to come to itself, or for a report to come back.
AFTER_SILENCE = [timedelta(minutes=30), timedelta(hours=12)]
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]


def plan(*, now: datetime) -> None:
    """Makes an issue for each member whose window is due."""
    came = cache(partial(moments, now))  # asked when the first is met who is told at once
    for wishes in _members(now):
        _plan_for(wishes, came, now)
    crash.point("after planning")


def _members(now: datetime) -> Iterator[Sequence[Member]]:
    """All who may be mailed, by key, each with the ends of their last windows and what waits to be told at once."""
    waiting = Delivery.objects.unclaimed().filter(recipient=OuterRef("pk")).order_by()
    urgent = waiting.filter(is_urgent=True).values("recipient")
    rows = (
        Preferences.objects.filter(~is_stopped(), user__is_active=True)
        .exclude(rhythm=Rhythm.NEVER)
        .annotate(
            joined_at=F("user__joined_at"),
            has_key=Exists(MailKey.objects.filter(user=OuterRef("pk"))),
            last_digest=end_of_last(Kind.DIGEST),
            last_at_once=end_of_last(Kind.AT_ONCE),
            last_beside=end_of_beside(),
            waiting_since=Subquery(waiting.values("recipient").annotate(oldest=Min("at")).values("oldest")),
            urgent_since=Subquery(urgent.annotate(oldest=Min("at")).values("oldest")),
            pressing_since=Subquery(urgent.filter(passes_quiet=True).annotate(oldest=Min("at")).values("oldest")),
        )
        .order_by("pk")
    )
    after = 0
    while found := list(rows.filter(pk__gt=after)[:TOGETHER]):
        yield found
        if len(found) < TOGETHER:
            return
        after = found[-1].pk


def _windows(member: Member, came: Came, now: datetime) -> Iterator[tuple[Kind, Window]]:
    """What is due for one member: the digest, and what is told at once. In quiet hours only what can't wait: the rest
    is planned once, when they are over (N2). To a steady member nothing else comes between two digests (N4)."""
    wish = Wish(member.rhythm, member.zone, member.hour, member.weekday, member.joined_at)
    is_quiet = held_until(member, now) is not None
    if not is_quiet and (window := due(wish, member.last_digest, now)):
        yield Kind.DIGEST, window
    if is_quiet or member.keeps_steady:
        waiting = member.pressing_since
    else:
        waiting = member.waiting_since if member.rhythm == Rhythm.AT_ONCE else member.urgent_since
        if member.rhythm == Rhythm.AT_ONCE and (later := came()[bisect_left(came(), _beside_since(member, now)) :]):
            waiting = min(waiting or later[0], later[0])
    since = min(member.joined_at, waiting) if waiting else member.joined_at
    if window := due_at_once(since, member.last_at_once, waiting, now):
        yield Kind.AT_ONCE, window


def _beside_since(member: Member, now: datetime) -> datetime:
    """For whoever is told at once: from when on they weren't told what came to the site. Not of what is old news."""
    return max(member.last_beside or member.joined_at, now - LONGEST_AHEAD)


def _beside(member: Member, kind: Kind, window: Window, now: datetime) -> dict[str, datetime]:
    """Between which moments what came to the site stands in an issue: in an overview, or in what is told at once to
    whoever has no overview. It goes on where the last one ended, whatever the rhythm was then."""
    if kind == Kind.DIGEST:
        begin = member.last_beside or window.start
    elif member.rhythm == Rhythm.AT_ONCE and held_until(member, now) is None:
        begin = _beside_since(member, now)
    else:
        return {}
    end = min(window.end, now - LATE)
    return {"beside_from": begin, "beside_to": end} if begin < end else {}


@transaction.atomic
def _plan_for(members: Sequence[Member], came: Came, now: datetime) -> None:
    """Two planners at once make one issue: the second finds the window's start taken and adds nothing."""
    wanted = [
        Issue(
            recipient_id=member.pk,
            kind=kind,
            window_from=window.start,
            window_to=window.end,
            planned_at=now,
            passes_quiet=kind == Kind.AT_ONCE and member.pressing_since is not None,
            **_beside(member, kind, window, now),
        )
        for member in members
        for kind, window in _windows(member, came, now)
    ]
    if not wanted:
        return
    Issue.objects.bulk_create(wanted, ignore_conflicts=True)
    made = Issue.objects.filter(message_id__in=[issue.message_id for issue in wanted])
    held = [member.pk for member in members if held_until(member, now) is not None]
    for kind in {issue.kind for issue in wanted}:
        _claim(made.filter(kind=kind), Kind(kind), held)
    keyless = {member.pk for member in members if not member.has_key} & {issue.recipient_id for issue in wanted}
    if keyless:
        MailKey.objects.bulk_create([MailKey(user_id=pk) for pk in keyless], ignore_conflicts=True)
    full = Delivery.objects.filter(issue__in=made).values("issue")
    empty = made.exclude(pk__in=full)
    if steady := [member.pk for member in members if member.keeps_steady]:
        empty = empty.exclude(kind=Kind.DIGEST, recipient__in=steady)
    at_once = Q(kind=Kind.AT_ONCE, beside_from__isnull=False)  # planned for nothing else
    empty.exclude(at_once | Q(_may_hold_more(now), kind=Kind.DIGEST)).update(state=State.EMPTY)


def _may_hold_more(now: datetime) -> Q:
    """Whether an overview in which nobody is told of anything may hold a vote that closes before the next one, or what
    came in its window. Who sees it is asked when it is made; then it may turn out to be empty after all."""
    a_day, a_week = (Exists(Event.objects.votes(now, now + length)) for length in (ONE_DAY, LONGEST_AHEAD))
    offered = Exists(Event.objects.offers(OuterRef("beside_from"), OuterRef("beside_to")))
    return Q(a_day) | Q(a_week, recipient__preferences__rhythm=Rhythm.WEEKLY) | Q(offered)


def _claim(issues: QuerySet[Issue], kind: Kind, held: Sequence[int]) -> None:
    """What happened before the window's end and stands in no issue yet is in this one.
    `held`: for whom it is quiet now.

    There is no lower bound: what was committed late, after its own window was planned, is in the next (N10).
    """
    mine = issues.filter(recipient=OuterRef("recipient"))
    rows = Delivery.objects.unclaimed().filter(recipient__in=issues.values("recipient"))
    steady = Q(recipient__in=Preferences.objects.steady().values("pk"))
    if kind == Kind.DIGEST:
        rows = rows.filter(Q(is_urgent=False) | steady, passes_quiet=False)
    else:
        at_once = Q(is_urgent=True) | Q(recipient__preferences__rhythm=Rhythm.AT_ONCE)
        rows = rows.filter(Q(passes_quiet=True) | at_once & ~steady & ~Q(recipient__in=held))
    rows.filter(at__lt=Subquery(mine.values("window_to")[:1])).update(issue=Subquery(mine.values("pk")[:1]))


def lease(*, now: datetime) -> tuple[uuid.UUID, list[int]]:
    """Up to five hundred issues, ours for a while: a key and their ids. When none is ready, one that was abandoned.

    An issue whose holder died is tried by itself, so that one which kills its worker takes no other along; the third
    time it is parked. One statement, which passes by what somebody else is leasing at this moment.
    """
    key = uuid.uuid4()
    ready, of_ready = Issue.objects.ready(now)[:ROUND].values("pk").query.sql_with_params()
    left, of_left = Issue.objects.abandoned(now)[:1].values("pk").query.sql_with_params()
    params = [*of_ready, *of_left, MOST_KILLS, State.PARKED, State.LEASED, key, now + lease_length()]
    with connection.cursor() as cursor:
        while True:
            cursor.execute(LEASE.format(ready=ready, left=left, issues=Issue._meta.db_table), params)
            rows = cursor.fetchall()
            if not rows or any(not is_parked for _pk, is_parked in rows):
                return key, sorted(pk for pk, is_parked in rows if not is_parked)


# `ready` and `left`: Django's own SQL of those querysets. Every value is a parameter.
LEASE = """
WITH ready AS MATERIALIZED ({ready} FOR UPDATE SKIP LOCKED),
alone AS MATERIALIZED (SELECT pk FROM ({left} FOR UPDATE SKIP LOCKED) AS one WHERE NOT EXISTS (SELECT FROM ready)),
wanted AS (
    SELECT issue.id, alone.pk IS NOT NULL AS died, alone.pk IS NOT NULL AND issue.kills + 1 >= %s AS is_parked
    FROM {issues} AS issue LEFT JOIN alone ON alone.pk = issue.id
    WHERE issue.id IN (SELECT pk FROM ready UNION ALL SELECT pk FROM alone)
)
UPDATE {issues} AS issue SET
    kills = issue.kills + wanted.died::int,
    state = CASE WHEN wanted.is_parked THEN %s ELSE %s END,
    why = CASE WHEN wanted.is_parked THEN 'killed its worker' ELSE issue.why END,
    lease_key = CASE WHEN wanted.is_parked THEN NULL ELSE %s::uuid END,
    lease_until = CASE WHEN wanted.is_parked THEN NULL ELSE %s::timestamptz END
FROM wanted WHERE issue.id = wanted.id
RETURNING issue.id, wanted.is_parked
"""


def lease_length() -> timedelta:
    return timedelta(seconds=settings.MAIL_LEASE_SECONDS)


def extend(key: uuid.UUID, ids: Sequence[int], *, now: datetime) -> set[int]:
    """Those of `ids` that are still ours, for another while."""
    mine = Issue.objects.leased_with(key).filter(pk__in=ids)
    mine.update(lease_until=now + lease_length())
    return set(mine.values_list("pk", flat=True))


def note_taken(ids: Sequence[int], key: uuid.UUID, *, at: datetime) -> None:
    """The mail server has these, and if whoever holds them dies now, they are sent by nobody again. In the thread of
    the line, on a connection of its own that doesn't wait for the disk: what the database itself forgets in a power
    cut is sent again with the same Message-ID."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET synchronous_commit TO off; UPDATE {Issue._meta.db_table} SET taken_at = %s"  # noqa: S608  our own table
            " WHERE id = ANY(%s::bigint[]) AND state = %s AND lease_key = %s",
            [at, list(ids), State.LEASED, key],
        )


def stop_noting() -> None:
    """The thread of the line ends."""
    connection.close()


def settle(
    states: Mapping[int, State],
    fallen: Mapping[int, Why],
    key: uuid.UUID,
    *,
    at: datetime,
    counted: Sequence[int] = (),
) -> int:
    """What became of issues: sent, or empty, or suppressed; and of what stands in them, but for `fallen`, which was
    left out. For `counted` there was no room (N11). One statement for a batch (N7). What isn't ours any more isn't
    changed. Gives how many were sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE.format(issues=Issue._meta.db_table, deliveries=Delivery._meta.db_table),
            {
                "ids": list(states), "states": list(states.values()), "sent": State.SENT, "leased": State.LEASED,
                "key": key, "at": at, "fallen": list(fallen), "whys": list(fallen.values()), "counted": list(counted),
                "planned": DeliveryState.PLANNED, "told": DeliveryState.SENT, "suppressed": DeliveryState.SUPPRESSED,
            },
        )  # fmt: skip
        (count,) = cursor.fetchone()
    return int(count)


# Names of tables are put in; every value is a parameter.
SETTLE = """
WITH settled AS (
    UPDATE {issues} AS issue SET
        state = given.state, sent_at = CASE WHEN given.state = %(sent)s THEN %(at)s::timestamptz END,
        why = '', lease_key = NULL, lease_until = NULL
    FROM unnest(%(ids)s::bigint[], %(states)s::text[]) AS given (id, state)
    WHERE issue.id = given.id AND issue.state = %(leased)s AND issue.lease_key = %(key)s
    RETURNING issue.id, issue.state
), left_out AS (
    UPDATE {deliveries} AS delivery SET state = %(suppressed)s, why = fallen.why
    FROM settled, unnest(%(fallen)s::bigint[], %(whys)s::text[]) AS fallen (id, why)
    WHERE delivery.id = fallen.id AND delivery.issue_id = settled.id AND delivery.state = %(planned)s
), told AS (
    UPDATE {deliveries} AS delivery SET state = %(told)s, is_counted = delivery.id = ANY(%(counted)s::bigint[])
    FROM settled
    WHERE delivery.issue_id = settled.id AND settled.state = %(sent)s
        AND delivery.state = %(planned)s AND NOT delivery.id = ANY(%(fallen)s::bigint[])
)
SELECT count(*) FROM settled WHERE state = %(sent)s
"""


def park(pk: int, key: uuid.UUID, *, why: str) -> None:
    """Set aside, for a coordinator to see."""
    _ours(pk, key).update(state=State.PARKED, why=why, lease_key=None, lease_until=None)


def put_back(pk: int, key: uuid.UUID, *, now: datetime, why: str) -> None:
    """The mail server said "not now": tried again after a growing pause, and parked after eight times."""
    attempts = Issue.objects.filter(pk=pk).values_list("attempts", flat=True).first() or 0
    if attempts >= len(BACK_OFF):
        park(pk, key, why=why)
        return
    _ours(pk, key).update(
        state=_as_it_was(),
        attempts=F("attempts") + 1,
        not_before=now + BACK_OFF[attempts],
        why=why,
        lease_key=None,
        lease_until=None,
    )


def note_unanswered(pk: int, key: uuid.UUID, *, now: datetime) -> None:
    """The whole mail was handed over, and no answer came: nobody knows whether it was taken. Tried again twice at
    most, after long pauses and with the same Message-ID, since losing it would be worse than a copy; then parked."""
    times = Issue.objects.filter(pk=pk).values_list("unanswered", flat=True).first() or 0
    if times >= len(AFTER_SILENCE):
        park(pk, key, why=NO_ANSWER)
        return
    _ours(pk, key).update(
        state=State.UNCERTAIN,
        unanswered=F("unanswered") + 1,
        not_before=now + AFTER_SILENCE[times],
        why=NO_ANSWER,
        lease_key=None,
        lease_until=None,
    )


def left_after_all(pk: int, *, at: datetime) -> None:
    """A report about a mail that was uncertain came back: so it had left, and no second copy does."""
    if Issue.objects.filter(pk=pk, state=State.UNCERTAIN).update(state=State.SENT, sent_at=at, why=""):
        Delivery.objects.filter(issue=pk, state=DeliveryState.PLANNED).update(state=DeliveryState.SENT)


def _as_it_was() -> Case:
    """What an issue is that goes back to those that wait: one that may have left already stays uncertain."""
    return Case(When(unanswered__gt=0, then=Value(State.UNCERTAIN)), default=Value(State.PLANNED))


def release(ids: Sequence[int], key: uuid.UUID, *, until: datetime) -> None:
    """They were not tried: the mail server is away, their recipients' quiet hours have begun, or they were gathered
    too long ago. Nobody's fault, so nobody's attempt is counted."""
    Issue.objects.leased_with(key).filter(pk__in=ids).update(
        state=_as_it_was(), not_before=until, lease_key=None, lease_until=None
    )


def send_again(*, by: User, pk: int) -> bool:
    """A parked mail is tried again, as if for the first time, with the same Message-ID. False when it isn't parked any
    more. What stands in it is gathered anew: nothing is told that is gone by now, nor to an account that is switched
    off."""
    if not may_look_after_mail(by):
        raise PermissionDenied(_("Only coordinators can do this."))
    again = {"state": State.PLANNED, "attempts": 0, "unanswered": 0, "kills": 0, "not_before": None, "why": ""}
    return bool(Issue.objects.parked().filter(pk=pk).update(**again))


def tidy(*, now: datetime) -> None:
    """Deliveries of an issue that was sent are sent, also when the process died in between. Whoever wants no mail any
    more, or was switched off, isn't mailed later about what waited (N3)."""
    Delivery.objects.filter(state=DeliveryState.PLANNED, channel=Channel.MAIL, issue__state=State.SENT).update(
        state=DeliveryState.SENT
    )
    Delivery.objects.unclaimed().filter(recipient__preferences__rhythm=Rhythm.NEVER).update(
        state=DeliveryState.SUPPRESSED, why=Why.NEVER
    )
    Delivery.objects.unclaimed().filter(recipient__is_active=False).update(
        state=DeliveryState.SUPPRESSED, why=Why.AWAY
    )


def last_end(user: User) -> datetime | None:
    """Where a member's last digest window ended."""
    return Issue.objects.filter(recipient=user, kind=Kind.DIGEST).aggregate(end=Max("window_to"))["end"]


def _ours(pk: int, key: uuid.UUID) -> QuerySet[Issue]:
    return Issue.objects.leased_with(key).filter(pk=pk)
