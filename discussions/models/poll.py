"""A poll or a consent round in a thread (D10). What is chosen is kept as a place in `options`, from 0.

An open ballot is a Vote under a name. A secret one is two rows that nothing joins: Turnout says that somebody voted,
Ballot says what was chosen by one of them (docs/adr/0010-secret-ballot.md).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from discussions.models.thread import Thread
from experts.models import Name

FEWEST = 5  # a secret result of fewer people would point at them


class Kind(models.TextChoices):
    POLL = "poll", _("poll")
    CONSENT = "consent", _("consent round")


class Consent(models.IntegerChoices):
    CONSENT = 0, _("I consent")
    RESERVATIONS = 1, _("I consent, with reservations")
    ABSTAIN = 2, _("I abstain")
    BLOCK = 3, _("I block this")


class PollQuerySet(models.QuerySet["Poll"]):
    def visible_to(self, viewer: User | AnonymousUser) -> PollQuerySet:
        """Members who see the thread."""
        if not viewer.is_authenticated:
            return self.none()
        return self.filter(thread__in=Thread.objects.visible_to(viewer).values("pk"))

    def with_faces(self) -> PollQuerySet:
        return self.select_related("thread__space", "author__profile", "outcome_by__profile")

    def with_turnout(self) -> PollQuerySet:
        """Puts `voted` on each: how many people voted."""
        votes = Vote.objects.filter(poll=OuterRef("pk")).order_by().values("poll")
        named = votes.annotate(people=Count("name", distinct=True)).values("people")
        turnout = Turnout.objects.filter(poll=OuterRef("pk")).order_by().values("poll")
        secret = turnout.annotate(people=Count("pk")).values("people")
        return self.annotate(voted=Coalesce(Subquery(secret), Subquery(named), 0))

    def unvoted_by(self, viewer: User | AnonymousUser) -> PollQuerySet:
        """Those in which the viewer didn't vote, under any name or in secret. For themselves only."""
        named = Vote.objects.filter(poll=OuterRef("pk"), name__holder=viewer.pk)
        secret = Turnout.objects.filter(poll=OuterRef("pk"), user=viewer.pk)
        return self.filter(~Exists(named), ~Exists(secret))

    def past_closing(self, now: datetime) -> PollQuerySet:
        return self.filter(closed_at=None, closes_at__lte=now)


class Poll(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="polls")
    author = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.POLL)
    question = models.CharField(_("question"), max_length=300)
    options = ArrayField(models.CharField(max_length=200))
    is_secret = models.BooleanField(_("secret ballot"), default=False)
    most_choices = models.PositiveSmallIntegerField(_("most choices"), default=1)
    opens_at = models.DateTimeField(default=timezone.now)
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome_source = models.TextField(blank=True)
    outcome_html = models.TextField(blank=True, editable=False)
    outcome_by = models.ForeignKey(Name, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome_at = models.DateTimeField(null=True, blank=True)

    voted: int  # put there by with_turnout

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="a_poll_is_open_for_a_while"),
            models.CheckConstraint(condition=Q(most_choices__gte=1), name="a_poll_lets_one_choose"),
            models.CheckConstraint(
                condition=Q(kind=Kind.POLL) | Q(is_secret=False, most_choices=1),
                name="a_consent_round_is_open_and_single",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("discussions:poll", args=[self.pk])

    def is_open(self, now: datetime) -> bool:
        """The clock counts, not the sweep: a minute late is too late."""
        return self.closed_at is None and self.opens_at <= now < self.closes_at

    def labels(self) -> list[str]:
        return [str(label) for label in Consent.labels] if self.kind == Kind.CONSENT else list(self.options)


class VoteQuerySet(models.QuerySet["Vote"]):
    def visible_to(self, viewer: User | AnonymousUser) -> VoteQuerySet:
        """An open ballot is open to whoever sees the poll."""
        return self.filter(poll__in=Poll.objects.visible_to(viewer).values("pk"))

    def of(self, poll: Poll) -> VoteQuerySet:
        return self.filter(poll=poll).select_related("name__profile").order_by("voted_at", "pk")

    def under(self, names: list[Name]) -> VoteQuerySet:
        return self.filter(name__in=names)

    def cast_by(self, user: User) -> VoteQuerySet:
        """By that account, under whichever of its names."""
        return self.filter(name__holder=user)


class Vote(models.Model):
    """One choice in an open ballot. Changed until the poll closes; what was chosen before is not kept."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    name = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="votes")
    choice = models.PositiveSmallIntegerField()
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    voted_at = models.DateTimeField(default=timezone.now)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "name", "choice"], name="chosen_once")]


class TurnoutQuerySet(models.QuerySet["Turnout"]):
    def visible_to(self, viewer: User | AnonymousUser) -> TurnoutQuerySet:
        """That one voted oneself; who else did is told to nobody."""
        return self.filter(user=viewer) if viewer.is_authenticated else self.none()

    def in_poll(self, poll: Poll) -> TurnoutQuerySet:
        return self.filter(poll=poll)


class Turnout(models.Model):
    """That somebody voted in a secret ballot: no moment, no order. NULL keeps the count when the account is gone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="turnout")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TurnoutQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "user"], name="votes_in_secret_once")]


class BallotQuerySet(models.QuerySet["Ballot"]):
    def visible_to(self, viewer: User | AnonymousUser) -> BallotQuerySet:
        """To whoever sees the poll, once it is closed and enough people voted; before that to nobody."""
        polls = Poll.objects.visible_to(viewer).with_turnout().exclude(closed_at=None)
        return self.filter(poll__in=polls.filter(voted__gte=FEWEST).values("pk"))  # type: ignore[misc]  # annotated

    def tally(self, poll: Poll) -> dict[int, int]:
        rows = self.filter(poll=poll).order_by().values_list("choice").annotate(total=Count("pk"))
        return dict(rows)

    def cast(self, poll: Poll, user: User, choices: list[int]) -> None:
        """Adds one voter and their choices, and writes all rows of this poll anew with new keys: voters in the order
        of their accounts, ballots in that of the choices. So the rows are the same whoever chose what and in whatever
        order they came; each table's come from one transaction, and neither xmin, nor place on disk, nor key joins a
        person to a choice. The caller has locked the poll."""
        ballots, turnout = Ballot._meta.db_table, Turnout._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH gone AS (DELETE FROM {turnout} WHERE poll_id = %s RETURNING user_id) "  # noqa: S608  own names
                f"INSERT INTO {turnout} (id, poll_id, user_id) SELECT gen_random_uuid(), %s, user_id "
                "FROM (SELECT user_id FROM gone UNION ALL SELECT %s::bigint) AS everybody ORDER BY user_id",
                [poll.pk, poll.pk, user.pk],
            )
            cursor.execute(
                f"WITH gone AS (DELETE FROM {ballots} WHERE poll_id = %s RETURNING choice) "  # noqa: S608  own names
                f"INSERT INTO {ballots} (id, poll_id, choice) SELECT gen_random_uuid(), %s, choice "
                "FROM (SELECT choice FROM gone UNION ALL SELECT unnest(%s::smallint[])) AS everything "
                "ORDER BY choice",
                [poll.pk, poll.pk, choices],
            )


class Ballot(models.Model):
    """One thing chosen by one of those who voted in secret: no person, no moment, no order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    choice = models.PositiveSmallIntegerField()

    objects = BallotQuerySet.as_manager()
