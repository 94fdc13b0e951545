"""What was brought along from a mailing list: an import, the messages it made, and whose addresses were whose."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.post import Post
from discussions.models.space import Space
from experts.models import Name


def keyed(kind: str, text: str) -> str:
    """What stands in the table in place of an address or a message's id: without our key it leads to neither."""
    return salted_hmac(f"discussions.import.{kind}", text, algorithm="sha256").hexdigest()


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ImportQuerySet:
        """Coordinators, of the spaces they see: a report names places in a file that outsiders wrote."""
        if not is_member(viewer) or not viewer.is_coordinator:  # type: ignore[union-attr]  # a member is a User
            return self.none()
        return self.filter(space__in=Space.objects.visible_to(viewer).values("pk"))


class Import(models.Model):
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="imports")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Numbers only: messages, new, known, threads, authors, and of each oddity how many and where in the file.
    report = models.JSONField(default=dict)

    objects = ImportQuerySet.as_manager()


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
