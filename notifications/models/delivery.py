"""One event for one member by one channel: what became of it, and why. Unique, so that telling twice is harmless."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Func, OuterRef, Q
from django.db.models.functions import Left

from accounts.models import User
from accounts.models.preferences import MailDetail
from discussions.models import Mention, Post, Reading
from notifications.audience import in_a_group
from notifications.levels import PERSONAL, TOLD_BY_LEVEL, Level, Reason
from notifications.models.event import Event
from notifications.models.issue import Issue
from notifications.models.watch import Watch, level_of_row


class Channel(models.TextChoices):
    INBOX = "inbox"
    MAIL = "mail"


class State(models.TextChoices):
    """planned → sent, or suppressed with its reason. Leases, failures and parking are the issue's."""

    PLANNED = "planned"
    SENT = "sent"
    SUPPRESSED = "suppressed"


class Why(models.TextChoices):
    """Why something planned was not told."""

    NEVER = "never", "no mail is wanted"
    UNSEEN = "unseen", "the post was deleted or can no longer be seen"
    READ = "read", "it was read on the site"
    LEVEL = "level", "it is no longer followed"
    MUTED = "muted", "whoever wrote it is muted"
    AWAY = "away", "the account is switched off"


def _is_read() -> Exists:
    """Whether the recipient has read the post, asked of a delivery."""
    holds = Func(
        F("read"), OuterRef("event__post__number"), arg_joiner=" @> ", template="(%(expressions)s)",
        output_field=BooleanField(),
    )  # fmt: skip
    reading = Reading.objects.filter(user=OuterRef("recipient"), thread=OuterRef("event__thread"))
    return Exists(reading.alias(holds=holds).filter(holds=True))


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, viewer: User | AnonymousUser) -> DeliveryQuerySet:
        """One's own, while the post can be seen and still says something (N12)."""
        if not viewer.is_authenticated:
            return self.none()
        return self.filter(recipient=viewer, event__post__in=Post.objects.visible_to(viewer).live().values("pk"))

    def news_for(self, viewer: User | AnonymousUser) -> DeliveryQuerySet:
        """The one list of what somebody is told: inbox, its number, catching up and feed show it, and the digest holds
        the same. What they can see now, and would be told of now: not what they muted meanwhile, not a call that was
        taken back (N5, N12)."""
        rows = (
            self.visible_to(viewer)
            .in_app()
            .alias(level_now=level_of_row(thread="event__post__thread", user="recipient"))
        )
        heard = ~Exists(Watch.objects.filter(user=OuterRef("recipient"), name=OuterRef("event__post__author")))
        named = Mention.objects.filter(
            post=OuterRef("event__post"), name__holder=OuterRef("recipient"), name__retired_at=None
        )
        personal = Q(reason__in=PERSONAL) & in_a_group(OuterRef("event__post"), "recipient__")
        told = Q(level_now__in=TOLD_BY_LEVEL) | Q(reason=Reason.REPLY) | Q(Exists(named)) | personal
        return rows.filter(heard, told, ~Q(level_now=Level.MUTED))

    def in_app(self) -> DeliveryQuerySet:
        return self.filter(channel=Channel.INBOX)

    def unread(self) -> DeliveryQuerySet:
        """An item is unread while its post is: reading has one truth (D5)."""
        return self.filter(~_is_read())

    def with_present(self) -> DeliveryQuerySet:
        """Puts on each what may have changed since it was told: `is_read`, and if the recipient `is_mentioned`."""
        names = Mention.objects.filter(name__retired_at=None, name__holder=OuterRef("recipient"))
        return self.annotate(is_read=_is_read(), is_mentioned=Exists(names.filter(post=OuterRef("event__post"))))

    def personal(self) -> DeliveryQuerySet:
        """Mentions and answers: what asks for the member."""
        return self.filter(reason__in=PERSONAL)

    def still_called(self) -> DeliveryQuerySet:
        """Puts `is_called` on each: whether a group that the recipient is in is called in the post now."""
        called = Q(reason__in=PERSONAL) & in_a_group(OuterRef("event__post"), "recipient__")
        return self.annotate(is_called=ExpressionWrapper(called, output_field=BooleanField()))

    def with_posts(self) -> DeliveryQuerySet:
        """What a list needs: post, thread, space and face, without the long texts."""
        return self.select_related("event__post__author__profile", "event__thread__space").defer(
            "event__post__html", "event__post__source", "event__post__author__profile__introduction",
            "event__post__author__profile__publications",
            "event__thread__space__house_rules_source", "event__thread__space__house_rules_html",
            "event__thread__stand_source",
        )  # fmt: skip

    def defer_texts(self) -> DeliveryQuerySet:
        """Without the plain text as well, where only its beginning is wanted."""
        return self.defer("event__post__plain")

    def with_beginnings(self, length: int) -> DeliveryQuerySet:
        """Puts `beginning` on each: the first `length` characters of the post."""
        return self.defer_texts().annotate(beginning=Left("event__post__plain", length))

    def unclaimed(self) -> DeliveryQuerySet:
        return self.filter(channel=Channel.MAIL, state=State.PLANNED, issue=None)


class Delivery(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel)
    reason = models.CharField(max_length=9, choices=Reason)
    is_urgent = models.BooleanField()  # told at once, whatever the rhythm of the digest
    passes_quiet = models.BooleanField(default=False)  # a coordinator said that it can't wait
    # The most that may stand in a mail about it, by all who had a say when it was told (N3).
    mail_detail = models.CharField(max_length=8, choices=MailDetail, default=MailDetail.DISCREET)
    at = models.DateTimeField()  # the event's, for the window it falls in
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    why = models.CharField(max_length=8, choices=Why, blank=True)
    is_called: bool  # put there by `still_called`
    # NULL keeps: not in an issue yet; those in the app never are.
    issue = models.ForeignKey(Issue, on_delete=models.SET_NULL, null=True, related_name="deliveries")

    is_read: bool  # put there by with_present
    is_mentioned: bool

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient", "channel"], name="told_once_by_a_channel"),
            models.CheckConstraint(
                condition=Q(state=State.SUPPRESSED) ^ Q(why=""), name="a_reason_exactly_when_suppressed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "at"],
                condition=Q(channel=Channel.MAIL, state=State.PLANNED, issue=None),
                name="deliveries_unclaimed",
            ),
            models.Index(fields=["recipient", "-at"], condition=Q(channel=Channel.INBOX), name="deliveries_inbox"),
        ]
