"""How mail fares, for coordinators: what waits too long, what stranded and why. Never its content, nor whose it is.

A list of all who were to be told of a post names everybody but whoever wrote it, under another name or as “a member”
(P7, D12). So nobody is named, accounts that are switched off count along, and a row tells its day and no hour. Members
read on their own pages that their mail comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from notifications.models import Event, Heartbeat, Issue, MailTrouble, Reachability
from notifications.models.issue import WAITING, IssueQuerySet, State

SHOWN = 100
LATE = timedelta(minutes=10)
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stranded:
    """A mail that was parked, that the mail server put off, or of which nobody knows whether it was taken."""

    pk: int
    why: str
    at: datetime
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class PostOffice:
    seen: dict[str, datetime]  # when worker and clock were last at work
    oldest_event: datetime | None  # of which nobody was told yet
    oldest_issue: datetime | None  # that is ready and was not sent
    counts: dict[str, int]  # of the last seven days, by state
    parked: Sequence[Stranded]
    put_off: Sequence[Stranded]
    uncertain: Sequence[Stranded]
    trouble: MailTrouble | None  # why no mail leaves at all
    came_back: int  # members whom mail doesn't reach any more

    @property
    def waiting(self) -> int:
        return sum(self.counts.get(state, 0) for state in (*WAITING, State.LEASED))

    def is_late(self, now: datetime) -> bool:
        """Something waits longer than a sweep or ten can take."""
        return any(oldest is not None and oldest < now - LATE for oldest in (self.oldest_event, self.oldest_issue))


def look(*, now: datetime) -> PostOffice:
    """Nine queries, however much there is."""
    of_the_week = Issue.objects.filter(planned_at__gt=now - A_WEEK).order_by()
    by_state = of_the_week.values("state").annotate(number=Count("pk")).values_list("state", "number")
    ready = Issue.objects.ready(now).order_by("planned_at").values_list("planned_at", flat=True)
    return PostOffice(
        seen=dict(Heartbeat.objects.values_list("name", "at")),
        oldest_event=Event.objects.waiting().values_list("at", flat=True).first(),
        oldest_issue=ready.first(),
        counts=dict(by_state),
        parked=_rows(Issue.objects.parked()),
        uncertain=_rows(Issue.objects.filter(state=State.UNCERTAIN)),
        trouble=MailTrouble.objects.first(),
        put_off=_rows(Issue.objects.filter(state=State.PLANNED, attempts__gt=0)),
        came_back=Reachability.objects.stopped_count(),
    )


def _rows(issues: IssueQuerySet) -> list[Stranded]:
    rows = issues.order_by("-planned_at", "-pk").values_list("pk", "why", "planned_at", "not_before")
    return [Stranded(*row) for row in rows[:SHOWN]]
