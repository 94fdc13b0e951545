"""One mail to one member over one window [from, to). Window and Message-ID are stored before rendering (N6)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery

from accounts.models import User
from notifications.models.reachability import is_stopped

MOST_KILLS = 3


class Kind(models.TextChoices):
    DIGEST = "digest"
    AT_ONCE = "at_once"


class State(models.TextChoices):
    """planned → leased → sent; or empty, suppressed, parked. A 4xx goes back to planned with a later `not_before`.

    uncertain: the whole mail was handed over and no answer came. It goes on from there as from planned, after a long
    pause, and may then arrive twice, with one Message-ID."""

    PLANNED = "planned"
    UNCERTAIN = "uncertain"
    LEASED = "leased"
    SENT = "sent"
    EMPTY = "empty"
    SUPPRESSED = "suppressed"
    PARKED = "parked"


WAITING = (State.PLANNED, State.UNCERTAIN)


class IssueQuerySet(models.QuerySet["Issue"]):
    def visible_to(self, viewer: User | AnonymousUser) -> IssueQuerySet:
        """One's own."""
        return self.filter(recipient=viewer) if viewer.is_authenticated else self.none()

    def waiting(self) -> IssueQuerySet:
        """To be sent, and in nobody's hands."""
        return self.filter(state__in=WAITING)

    def ready(self, now: datetime) -> IssueQuerySet:
        """Planned, not waiting for a back-off to end, to somebody whom mail reaches; the oldest first."""
        due = self.waiting().filter(Q(not_before=None) | Q(not_before__lte=now))
        return due.filter(~is_stopped("recipient")).order_by("pk")

    def abandoned(self, now: datetime) -> IssueQuerySet:
        """Leased by somebody who never came back."""
        return self.filter(state=State.LEASED, lease_until__lte=now).order_by("kills", "pk")

    def leased_with(self, key: object) -> IssueQuerySet:
        return self.filter(state=State.LEASED, lease_key=key)

    def parked(self) -> IssueQuerySet:
        return self.filter(state=State.PARKED)


def new_message_id() -> str:
    """Of a fixed length; says nothing but the configured domain."""
    return f"<{secrets.token_hex(16)}@{settings.MAIL_DOMAIN}>"


class Issue(models.Model):
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="issues")
    kind = models.CharField(max_length=7, choices=Kind)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    # What came to the site from then on up to then, and votes, stand in it too (see beside.py). NULL keeps: only what
    # its recipient was told of by name does.
    beside_from = models.DateTimeField(null=True)
    beside_to = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=300, unique=True, default=new_message_id)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    why = models.CharField(max_length=80, blank=True)  # for a coordinator; holds no address and no content
    planned_at = models.DateTimeField()
    passes_quiet = models.BooleanField(default=False)  # holds something that a coordinator marked urgent
    attempts = models.PositiveSmallIntegerField(default=0)  # times the mail server said "not now"
    unanswered = models.PositiveSmallIntegerField(default=0)  # times it was handed over whole and no answer came
    kills = models.PositiveSmallIntegerField(default=0)  # leases that ran out: whoever held them died
    not_before = models.DateTimeField(null=True)
    # Set while leased: who holds it, and until when.
    lease_key = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # When the mail server had taken it: noted by who hands over, a moment before the rest is (see line.py).
    taken_at = models.DateTimeField(null=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind", "window_from"], name="one_issue_per_window_start"),
            models.CheckConstraint(condition=Q(window_from__lt=F("window_to")), name="a_window_has_a_length"),
            models.CheckConstraint(
                condition=Q(beside_from=None, beside_to=None) | Q(beside_from__lt=F("beside_to")),
                name="both_ends_of_what_came_beside",
            ),
            ExclusionConstraint(
                name="windows_do_not_overlap",
                expressions=[
                    ("recipient", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (
                        Func(
                            "window_from",
                            "window_to",
                            RangeBoundary(),
                            function="TSTZRANGE",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(state=State.LEASED, lease_key__isnull=False, lease_until__isnull=False)
                | (~Q(state=State.LEASED) & Q(lease_key=None, lease_until=None)),
                name="a_lease_exactly_when_leased",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.UNCERTAIN) | Q(unanswered__gt=0, not_before__isnull=False),
                name="uncertain_only_without_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False) | (~Q(state=State.SENT) & Q(sent_at=None)),
                name="a_moment_exactly_when_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "kind", "-window_to"], name="issues_latest"),
            models.Index(fields=["id"], condition=Q(state__in=[*WAITING, State.LEASED]), name="issues_to_be_sent"),
            models.Index(
                fields=["recipient", "-beside_to"], condition=Q(beside_to__isnull=False), name="issues_latest_beside"
            ),
        ]

    def covers(self, moment: datetime) -> bool:
        """Whether what came to the site at `moment` stands in it."""
        return bool(self.beside_from and self.beside_to and self.beside_from <= moment < self.beside_to)


def end_of_last(kind: Kind = Kind.DIGEST) -> Subquery:
    """Where the last window ended of whoever's preferences a row is, as an expression."""
    mine = Issue.objects.filter(recipient=OuterRef("pk"), kind=kind).order_by("-window_to")
    return Subquery(mine.values("window_to")[:1])


def end_of_beside() -> Subquery:
    """The same of what was told beside: up to when it was, in whichever kind of mail."""
    mine = Issue.objects.filter(recipient=OuterRef("pk"), beside_to__isnull=False).order_by("-beside_to")
    return Subquery(mine.values("beside_to")[:1])
