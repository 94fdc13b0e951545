"""One event for one member by one channel: what became of it, and why. Unique, so that telling twice is harmless."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Left

from accounts.models import User
from accounts.models.preferences import MailDetail
from discussions.models import Mention, Post, Reading
from letters.models import Letter
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
    TAKEN = "taken", "the call was taken back before it was mailed"


def _is_read() -> Q:
    """Whether the recipient has read the post, or opened the letter; asked of a delivery."""
    holds = Func(
        F("read"), OuterRef("event__post__number"), arg_joiner=" @> ", template="(%(expressions)s)",
        output_field=BooleanField(),
    )  # fmt: skip
    reading = Reading.objects.filter(user=OuterRef("recipient"), thread=OuterRef("event__thread"))
    return Q(read_at__isnull=False) | Q(Exists(reading.alias(holds=holds).filter(holds=True)))


# The rule, over what `_as_of_now` puts on a row. Muted is stronger than a mention (docs/who-is-told.md).
_IS_HEARD = Q(is_unheard=False)
_IS_TOLD = Q(level_now__in=TOLD_BY_LEVEL) | ~Q(level_now=Level.MUTED) & (
    Q(reason=Reason.REPLY) | Q(is_named=True) | Q(reason__in=PERSONAL, is_called=True)
)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, viewer: User | AnonymousUser) -> DeliveryQuerySet:
        """One's own, while the post can be seen and still says something, or the letter can be seen (N12)."""
        if not viewer.is_authenticated:
            return self.none()
        # Asked of each row: a member has few, and the platform many posts.
        post = Exists(Post.objects.visible_to(viewer).live().filter(pk=OuterRef("event__post")))
        letter = Exists(Letter.objects.visible_to(viewer).filter(pk=OuterRef("event__letter")))
        return self.filter(Q(post) | Q(letter), recipient=viewer)

    def news_for(self, viewer: User | AnonymousUser) -> DeliveryQuerySet:
        """The one list of what somebody is told: inbox, its number, catching up and feed show it, and the digest holds
        what is unread of it. What they can see now, and would be told of now (N5, N12)."""
        return self.visible_to(viewer).in_app().still_told()

    def still_told(self) -> DeliveryQuerySet:
        """By how things are at this moment: not what the recipient muted meanwhile, not a call that was taken back.
        Whether they can see it is asked by itself: `visible_to` for one, `who_sees` for many."""
        return self._as_of_now().filter(_IS_HEARD, _IS_TOLD)

    def with_objection(self) -> DeliveryQuerySet:
        """Puts `objection` on each: why it isn't told after all, by the same rule, or because it was read; else empty.
        For the rows of a whole batch at once (N22)."""
        why = Case(
            When(_is_read(), then=Value(Why.READ.value)),
            When(~_IS_HEARD, then=Value(Why.MUTED.value)),
            When(~_IS_TOLD, then=Value(Why.LEVEL.value)),
            default=Value(""),
        )
        return self._as_of_now().annotate(**{"objection": why})  # noqa: PIE804  named, it would clash with the class in mypy

    def _as_of_now(self) -> DeliveryQuerySet:
        """What the rule asks of each row: its level, whose name it carries, whether the recipient is called in it."""
        post, mine = OuterRef("event__post"), OuterRef("recipient")
        return self.alias(
            level_now=level_of_row(thread="event__post__thread", user="recipient", letter="event__letter"),
            is_unheard=Exists(Watch.objects.filter(user=mine, name=OuterRef("event__post__author"))),
            is_named=Exists(Mention.objects.filter(post=post, name__holder=mine, name__retired_at=None)),
            is_called=ExpressionWrapper(in_a_group(post, "recipient__"), output_field=BooleanField()),
        )

    def in_app(self) -> DeliveryQuerySet:
        """Not what was taken out again."""
        return self.filter(channel=Channel.INBOX, state=State.SENT)

    def unread(self) -> DeliveryQuerySet:
        """An item is unread while its post is: reading has one truth (D5)."""
        return self.filter(~_is_read())

    def personal(self) -> DeliveryQuerySet:
        """Mentions and answers: what asks for the member."""
        return self.filter(reason__in=PERSONAL)

    def with_posts(self) -> DeliveryQuerySet:
        """What a list needs: post, thread, space and face, or the letter, without the long texts."""
        return self.select_related("event__post__author__profile", "event__thread__space", "event__letter").defer(
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
    # In its mail it stood in no words: there was no room, so it was counted ("and 12 more", N11).
    is_counted = models.BooleanField(default=False, db_default=False)
    # NULL keeps: not read, or about a post, which is read where it stands. Of a letter: when it was opened or marked.
    read_at = models.DateTimeField(null=True)
    # NULL keeps: not in an issue yet; those in the app never are.
    issue = models.ForeignKey(Issue, on_delete=models.SET_NULL, null=True, related_name="deliveries")

    objection: str  # put there by with_objection

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
