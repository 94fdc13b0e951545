"""Whether mail still reaches a member (N21), and the short notes that are mailed beside the digest."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User

SOFT, HARD, STOPS_AT = 1, 2, 4
FORGOTTEN_AFTER = timedelta(days=30)  # without another bounce


class ReachabilityQuerySet(models.QuerySet["Reachability"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ReachabilityQuerySet:
        """One's own. Coordinators learn how many, not who (`stopped_count`)."""
        return self.filter(user=viewer) if viewer.is_authenticated else self.none()

    def stopped(self) -> ReachabilityQuerySet:
        """Whose mail comes back, so that none is sent any more."""
        return self.filter(stopped_at__isnull=False)

    def stopped_count(self) -> int:
        """How many active members get no mail because it came back: for the coordinators' page."""
        return self.stopped().filter(user__is_active=True).count()


class Reachability(models.Model):
    """Only for whom a mail came back. A soft bounce counts 1, a hard one 2; at 4 nothing is sent any more, until the
    member confirms the address. After thirty days without a bounce the count begins anew."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="reachability")
    score = models.PositiveSmallIntegerField(default=0)
    last_bounce_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    objects = ReachabilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score__lt=STOPS_AT, stopped_at=None) | Q(score__gte=STOPS_AT, stopped_at__isnull=False),
                name="stopped_exactly_at_the_limit",
            )
        ]


def is_stopped(user: str = "pk") -> Exists:
    """Whether mail to the account found at the path `user` came back too often: a condition on rows."""
    return Exists(Reachability.objects.stopped().filter(user=OuterRef(user)))


class NoteKind(models.TextChoices):
    """What a note says; each of them is the same for everybody."""

    WAITING = "waiting"  # a reply waits for you on the site
    REFUSED = "refused"  # your answer could not be placed
    DECIDED = "decided"  # something waits for you on the site, as any news does
    CONFIRM = "confirm"  # is this still your address?


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, viewer: User | AnonymousUser) -> NoteQuerySet:
        """One's own."""
        return self.filter(recipient=viewer) if viewer.is_authenticated else self.none()

    def unsent(self) -> NoteQuerySet:
        return self.filter(sent_at=None, given_up_at=None).order_by("pk")


class Note(models.Model):
    """A mail of constant words. At most one of a kind a day: the database says so (N19)."""

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=7, choices=NoteKind)
    on = models.DateField()
    message_id = models.CharField(max_length=300, unique=True)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)  # refused for good

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind", "on"], name="one_note_of_a_kind_a_day"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at=None, given_up_at=None), name="notes_unsent"),
        ]
