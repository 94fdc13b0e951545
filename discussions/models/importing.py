"""What was brought along from a mailing list: an import, the messages it made, and whose addresses were whose."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.post import Post
from discussions.models.space import Space
from experts.models import Name


def keyed(kind: str, text: str) -> str:
    """What stands in the table in place of an address or a message's id: without our key it leads to neither."""
    return salted_hmac(f"discussions.import.{kind}", text, algorithm="sha256").hexdigest()


LEASE = timedelta(minutes=2)
KEPT = timedelta(days=7)
MOST_ATTEMPTS = 3


def place_of_file(_import: Import, _name: str) -> str:
    """Says nothing of what is in it or what it was called."""
    return f"imports/{secrets.token_hex(16)}.mbox"


class State(models.TextChoices):
    LOOKING = "looking", _("being looked through")
    LOOKED = "looked", _("waiting for you")
    BRINGING = "bringing", _("being brought along")
    DONE = "done", _("brought along")
    WITHDRAWING = "withdrawing", _("being taken back")
    FAILED = "failed", _("stopped")


WORK = (State.LOOKING, State.BRINGING, State.WITHDRAWING)


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ImportQuerySet:
        """Coordinators, of the spaces they see: a report names places in a file that outsiders wrote."""
        if not is_member(viewer) or not viewer.is_coordinator:  # type: ignore[union-attr]  # a member is a User
            return self.none()
        return self.filter(space__in=Space.objects.visible_to(viewer).values("pk"))

    def newest_first(self) -> ImportQuerySet:
        return self.select_related("space").order_by("-started_at", "-pk")

    def due(self, now: datetime) -> ImportQuerySet:
        """With work that nobody does at the moment, or whose worker has fallen silent."""
        return self.filter(state__in=WORK).exclude(leased_until__gt=now)

    def left_lying(self, now: datetime) -> ImportQuerySet:
        """Archives that nobody brought along within a week: they hold people's addresses and words."""
        return self.filter(state__in=(State.LOOKED, State.FAILED), started_at__lt=now - KEPT)


class Import(models.Model):
    """One archive. The file and the addresses in it are kept until it is brought along, thrown away or a week old."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="imports")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.DONE)
    file = models.FileField(upload_to=place_of_file, blank=True)
    # The coordinator's table: {"address", "messages", "handle"} for each author of the file, the busiest first.
    authors = models.JSONField(default=list)
    step = models.PositiveBigIntegerField(default=0)
    steps = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Numbers only: messages, new, known, threads, authors, and of each oddity how many and where in the file.
    report = models.JSONField(default=dict)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["leased_until"], condition=models.Q(state__in=WORK), name="imports_with_work"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("discussions:import", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.state in WORK

    @property
    def per_cent(self) -> int:
        return min(99, 100 * self.step // self.steps) if self.steps else 0


class ImportedMessageQuerySet(models.QuerySet["ImportedMessage"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ImportedMessageQuerySet:
        """With its import."""
        return self.filter(batch__in=Import.objects.visible_to(viewer).values("pk"))

    def posts_of(self, space: Space, hashes: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Of those messages that `space` has: post and thread."""
        rows = self.filter(space=space, message_hash__in=list(hashes)).select_related(None)
        return {
            found: (post, thread) for found, post, thread in rows.values_list("message_hash", "post", "post__thread")
        }


class ImportedMessage(models.Model):
    """Makes a second run harmless: a message is brought to a space once."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="messages")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    message_hash = models.CharField(max_length=64)
    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="imported")

    objects = ImportedMessageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["space", "message_hash"], name="imported_once_per_space")]


class ImportAuthorQuerySet(models.QuerySet["ImportAuthor"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ImportAuthorQuerySet:
        """Nobody: it would tell which of two imported people is one."""
        return self.none()


class ImportAuthor(models.Model):
    """One address, one participant, in all archives of a space."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    address_hash = models.CharField(max_length=64)
    name = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="+")

    objects = ImportAuthorQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["space", "address_hash"], name="one_participant_per_address")]
