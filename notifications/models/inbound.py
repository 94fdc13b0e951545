"""What comes in by mail: addresses that may be answered, each mail as it came, replies that wait for the member.

Raw mail lives until it is processed; a token is kept only as its hash, and so is the address that it was sent to.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from discussions.models import Post

LIFE = timedelta(days=14)  # of an address to answer to
KEPT = timedelta(days=30)  # of what waits for the member, and of what is known of a mail that came in
MOST_TRIES = 3


def hash_of(text: str) -> str:
    return hashlib.sha256(text.strip().lower().encode()).hexdigest()


class ReplyAddressQuerySet(models.QuerySet["ReplyAddress"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ReplyAddressQuerySet:
        """Nobody's on a page: it stands in the member's own mail only."""
        return self.none()

    def by_token(self, token: str) -> ReplyAddressQuerySet:
        return self.filter(token_hash=hash_of(token)).select_related("recipient__preferences", "post__thread")

    def expired(self, now: datetime) -> ReplyAddressQuerySet:
        """Long enough ago that nobody answers any more."""
        return self.filter(expires_at__lt=now - KEPT)


class ReplyAddress(models.Model):
    """One member may answer one post at this address, from the mail address to which it was sent (N17)."""

    token_hash = models.CharField(max_length=64, unique=True)
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reply_addresses")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    sent_to_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    objects = ReplyAddressQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="reply_addresses_by_end")]


class State(models.TextChoices):
    """stored → done (a post, a bounce, a stopped mail), parked (something waits for a person) or dropped (nothing)."""

    STORED = "stored"
    DONE = "done"
    PARKED = "parked"
    DROPPED = "dropped"


class InboundQuerySet(models.QuerySet["Inbound"]):
    def visible_to(self, viewer: User | AnonymousUser) -> InboundQuerySet:
        """Nobody: what may be seen of it is a `ParkedReply`, by whose it is."""
        return self.none()

    def waiting(self) -> InboundQuerySet:
        """Stored and not dealt with, such as when the process died over it; the oldest first."""
        return self.filter(state=State.STORED).order_by("pk")

    def past_keeping(self, now: datetime) -> InboundQuerySet:
        return self.exclude(state=State.STORED).filter(received_at__lt=now - KEPT)


class Inbound(models.Model):
    """One mail for one of our addresses: stored before anything is done with it, and once."""

    key = models.CharField(max_length=64, unique=True)  # a hash of the Message-ID and the address it came for
    received_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.STORED)
    why = models.CharField(max_length=20, blank=True)  # a word for whoever looks after it; no content, no address
    tries = models.PositiveSmallIntegerField(default=0)
    is_too_large = models.BooleanField(default=False)  # then `raw` holds its head only
    # Emptied when it is dealt with.
    raw = models.BinaryField(default=b"")
    envelope_to = models.TextField(blank=True)
    envelope_from = models.TextField(null=True)  # NULL keeps: the mail server did not say

    objects = InboundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.STORED) | Q(raw=b"", envelope_to="", envelope_from=None),
                name="a_mail_dealt_with_keeps_nothing",
            )
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state=State.STORED), name="inbound_waiting")]


class Reason(models.TextChoices):
    """Why a reply by mail waits for the member. They read it on the site."""

    SIGNATURE = "signature", _("The end may be a signature, which could say who you are.")
    QUOTE = "quote", _("Part of the mail that you answered may still be in it.")
    BETWEEN = "between", _("You wrote in several places of the mail; look whether it still reads well.")
    NAME = "name", _("It may hold a name, an address or a number of yours that is not shown here.")
    CHOICE = "choice", _("You have several names and used none of them in this discussion yet. Choose one.")
    UNPROVEN = "unproven", _("The mail server couldn't prove that this mail came from you.")
    FOREIGN = "foreign", _("Somebody answered with your reply address from another address. Nothing was posted.")
    LATE = "late", _("The address that you answered to is too old.")
    LOCKED = "locked", _("This discussion is closed. Your text is kept here, so that you can copy it.")
    GONE = "gone", _("What you answered isn't there any more. Your text is kept here, so that you can copy it.")
    EMPTY = "empty", _("We found no new text in your mail.")
    TOO_LONG = "too_long", _("Your text is too long for one post. Shorten it.")
    REFUSED = "refused", _("The text couldn't be posted as it is.")
    UNREADABLE = "unreadable", _("We couldn't read your mail. Answer on the site.")
    ATTACHMENTS = "attachments", _("Your answer was posted, without one or more of the files that came with it.")


class ParkedReplyQuerySet(models.QuerySet["ParkedReply"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ParkedReplyQuerySet:
        """Whoever wrote it, and nobody else: it is not published (N18)."""
        if not (viewer.is_authenticated and viewer.is_active):
            return self.none()
        return self.filter(recipient=viewer)

    def newest_first(self) -> ParkedReplyQuerySet:
        return self.order_by("-received_at", "-pk")

    def with_thread(self, viewer: User) -> ParkedReplyQuerySet:
        """What was answered, with `is_there`: whether the member can still see it and it still says something."""
        there = Post.objects.visible_to(viewer).live().filter(pk=OuterRef("post"))
        return self.select_related("post__thread__space", "post__author__profile").annotate(is_there=Exists(there))

    def past_keeping(self, now: datetime) -> ParkedReplyQuerySet:
        return self.filter(received_at__lt=now - KEPT)


class ParkedReply(models.Model):
    """A reply by mail that is not published until the member says so. Thrown away after thirty days."""

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="parked_replies")
    # NULL keeps: what was answered is gone.
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=11, choices=Reason)
    text = models.TextField(blank=True)
    had_files = models.BooleanField(default=False)  # they are not kept; the page says so
    received_at = models.DateTimeField()

    is_there: bool  # put there by with_thread

    objects = ParkedReplyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=Reason.FOREIGN) | Q(text=""), name="words_of_a_stranger_are_not_kept"
            )
        ]
        indexes = [models.Index(fields=["recipient", "-received_at"], name="parked_replies_of_a_member")]
