"""What a coordinator decided about a thread or about somebody's post, why, and what became of it on appeal (D13)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.post import RESTORABLE, Post
from discussions.models.space import Space
from discussions.models.thread import Thread

APPEALABLE = RESTORABLE  # as long as the text of a hidden post is kept, so that winning brings it back


class Grounds(models.TextChoices):
    """The short list from which a member reports and a coordinator decides."""

    PRIVACY = "privacy", _("It gives somebody away, or says where they are")
    ATTACK = "attack", _("It attacks or threatens somebody")
    HARM = "harm", _("It can do harm: dangerous or wrong advice")
    SPAM = "spam", _("It is advertising")
    RULES = "rules", _("It breaks a house rule")
    OTHER = "other", _("Something else")


class Act(models.TextChoices):
    LOCK = "lock", _("closed")
    UNLOCK = "unlock", _("opened again")
    PIN = "pin", _("put on top")
    UNPIN = "unpin", _("no longer on top")
    RENAME = "rename", _("renamed")
    MOVE = "move", _("moved")
    REMOVE = "remove", _("removed")
    SPLIT = "split", _("split")
    MERGE = "merge", _("merged")
    REMOVE_POST = "remove_post", _("a post removed")
    URGENT = "urgent", _("marked urgent")
    RESTORE_POST = "restore_post", _("a post put back")
    ASK = "ask", _("the author asked to change a post")
    DISMISS = "dismiss", _("a post left as it is")


# What a report can lead to; of these, what the author is told and may appeal against.
VERDICTS = (Act.DISMISS, Act.ASK, Act.REMOVE_POST, Act.LOCK)
AGAINST_THE_AUTHOR = (Act.ASK, Act.REMOVE_POST, Act.LOCK)
# What stands in the log: what was decided about what people wrote. Putting in order (pin, rename, move) isn't that.
LOGGED = (Act.DISMISS, Act.ASK, Act.REMOVE_POST, Act.RESTORE_POST, Act.LOCK, Act.UNLOCK, Act.REMOVE)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, viewer: User | AnonymousUser) -> DecisionQuerySet:
        """That it was taken: members who see the space, so that a removed thread leaves its line in the log too. The
        row holds no old title and no old space, so a move tells nothing (D8). Its words (`reason`) are for the author,
        for those who reported a post that stays, and for coordinators; the log leaves them out."""
        if not is_member(viewer):
            return self.none()
        return self.filter(thread__space__in=Space.objects.visible_to(viewer).values("pk"))

    def about_words_of(self, viewer: User | AnonymousUser) -> DecisionQuerySet:
        """Those that go against what the viewer wrote, under whichever name, wherever it stands."""
        if not is_member(viewer):
            return self.none()
        mine = Q(post__author__holder=viewer) | Q(post__author__veil__user=viewer)
        return self.filter(mine, act__in=(*AGAINST_THE_AUTHOR, Act.RESTORE_POST))

    def of_post(self, post: Post | int) -> DecisionQuerySet:
        return self.filter(post=post)

    def with_what_it_is_about(self) -> DecisionQuerySet:
        return self.select_related("post__author__veil", "post__thread__space", "thread__space", "appeal")

    def in_log(self) -> DecisionQuerySet:
        """What the log shows, the newest first: neither words nor persons are fetched along."""
        logged = self.filter(act__in=LOGGED).select_related("thread__space", "appeal")
        return logged.only(
            "act", "grounds", "decided_at", "thread__space__name", "thread__space__slug", "appeal__outcome"
        ).newest_first()

    def made_urgent_by(self, coordinator: User, *, since: datetime) -> DecisionQuerySet:
        return self.filter(act=Act.URGENT, by=coordinator, decided_at__gt=since)

    def newest_first(self) -> DecisionQuerySet:
        return self.order_by("-decided_at", "-pk")


class Decision(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="decisions")
    # NULL keeps: it is about the thread as a whole.
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, blank=True, related_name="decisions")
    act = models.CharField(max_length=12, choices=Act)
    grounds = models.CharField(_("what is the matter"), max_length=8, choices=Grounds, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    # Never shown: a decision is the coordinators', not one person's. NULL keeps: that account is gone.
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [
            models.Index(fields=["thread", "-decided_at"], name="decisions_of_a_thread"),
            models.Index(fields=["-decided_at", "-id"], name="decisions_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act__in=[Act.ASK, Act.DISMISS]) | Q(post__isnull=False, reason__gt="", grounds__gt=""),
                name="a_verdict_has_its_reason",
            )
        ]

    @property
    def is_appealed(self) -> bool:
        return hasattr(self, "appeal")

    def appeal_until(self) -> datetime:
        return self.decided_at + APPEALABLE
