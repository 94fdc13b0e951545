"""What a coordinator decided about somebody's post or about a whole thread, why, and what became of it on appeal
(D13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.post import RESTORABLE, Post
from discussions.models.space import Space
from discussions.models.thread import Thread
from experts.models import Name

APPEALABLE = RESTORABLE  # as long as the text of a hidden post is kept, so that winning brings it back


class Grounds(models.TextChoices):
    """The short list from which a member reports and a coordinator decides."""

    PRIVACY = "privacy", _("It gives somebody away, or says where they are")
    ATTACK = "attack", _("It attacks or threatens somebody")
    HARM = "harm", _("It can do harm: dangerous or wrong advice")
    SPAM = "spam", _("It is advertising")
    RULES = "rules", _("It breaks a house rule")
    TIDY = "tidy", _("To keep things findable")  # of whole discussions alone
    OTHER = "other", _("Something else")


# What can be the matter with somebody's words.
OF_WORDS = tuple(grounds for grounds in Grounds if grounds != Grounds.TIDY)


class Act(models.TextChoices):
    LOCK = "lock", _("closed")
    UNLOCK = "unlock", _("opened again")
    PIN = "pin", _("put on top")
    UNPIN = "unpin", _("no longer on top")
    RENAME = "rename", _("renamed")
    MOVE = "move", _("moved")
    REMOVE = "remove", _("removed")
    RESTORE = "restore", _("put back")
    SPLIT = "split", _("split")
    MERGE = "merge", _("merged")
    UNDO = "undo", _("put back as it was")
    REMOVE_POST = "remove_post", _("a post removed")
    URGENT = "urgent", _("marked urgent")
    RESTORE_POST = "restore_post", _("a post put back")
    ASK = "ask", _("the author asked to change a post")
    DISMISS = "dismiss", _("a post left as it is")


# What a report can lead to.
VERDICTS = (Act.DISMISS, Act.ASK, Act.REMOVE_POST, Act.LOCK)
# What takes posts to another discussion, and back. Its line in the log is about the discussion; each name whose posts
# went has a decision of its own, about the first of them.
TIDIED = (Act.SPLIT, Act.MERGE, Act.UNDO)
# What is decided about a discussion as a whole, and with a reason. Putting on top needs none, and isn't told.
OF_THREADS = (Act.LOCK, Act.UNLOCK, Act.RENAME, Act.MOVE, Act.REMOVE, Act.RESTORE)
# What whoever wrote it, or opened the discussion, may appeal against; and what they are told besides.
APPEALED = (Act.ASK, Act.REMOVE_POST, Act.LOCK, Act.RENAME, Act.MOVE, Act.REMOVE, Act.SPLIT, Act.MERGE)
TOLD = (*APPEALED, Act.RESTORE_POST, Act.UNLOCK, Act.RESTORE, Act.UNDO)
LOGGED = (Act.DISMISS, Act.ASK, Act.REMOVE_POST, Act.RESTORE_POST, *OF_THREADS)


def about(viewer: User, decision: str = "") -> Q:
    """What was decided about the viewer's words, under whichever name: a post they wrote, a discussion they opened.
    `decision` is the way to it, as `decision__`."""
    whole = Q(**{f"{decision}post": None})
    return (
        Q(**{f"{decision}post__author__holder": viewer})
        | Q(**{f"{decision}post__author__veil__user": viewer})
        | (whole & Q(**{f"{decision}thread__author__holder": viewer}))
        | (whole & Q(**{f"{decision}thread__author__veil__user": viewer}))
    )


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, viewer: User | AnonymousUser) -> DecisionQuerySet:
        """That it was taken: members who see the space where the thread stood then, so that what was removed, moved
        or merged leaves its line in their log. Its words (`reason`, `title_before`) are for who wrote it, the reason
        for those who reported a post that stays, and both for coordinators; the log leaves them out, and where a
        thread went (D8)."""
        if not is_member(viewer):
            return self.none()
        return self.filter(space__in=Space.objects.visible_to(viewer).values("pk"))

    def about_words_of(self, viewer: User | AnonymousUser) -> DecisionQuerySet:
        """Those that a coordinator took about what the viewer wrote or opened, under whichever name, wherever it
        stands. What they did with it themselves isn't one."""
        if not is_member(viewer):
            return self.none()
        mine = about(viewer)  # type: ignore[arg-type]  # a member is a User
        return self.filter(mine, act__in=TOLD).exclude(by=viewer.pk).without_untold()

    def without_untold(self) -> DecisionQuerySet:
        """Without splits and merges of before they had grounds: of those nobody was told."""
        return self.exclude(act__in=TIDIED, grounds="")

    def of_post(self, post: Post | int) -> DecisionQuerySet:
        """About its words; not that it was taken elsewhere."""
        return self.filter(post=post).exclude(act__in=TIDIED)

    def of_thread(self, thread: int) -> DecisionQuerySet:
        """Those about it as a whole."""
        return self.filter(thread=thread, act__in=OF_THREADS)

    def with_what_it_is_about(self) -> DecisionQuerySet:
        whole = ("thread__space", "thread__author__veil", "space")
        return self.select_related("post__author__veil", "post__thread__space", *whole, "appeal")

    def in_log(self) -> DecisionQuerySet:
        """What the log shows, the newest first: neither words nor persons are fetched along."""
        tidied = Q(act__in=TIDIED, post=None)
        logged = self.filter(Q(act__in=LOGGED) | tidied).without_untold().select_related("space", "appeal")
        told = ("act", "grounds", "decided_at", "post", "space__name", "space__slug", "appeal__outcome")
        return logged.only(*told).newest_first()

    def that_hid(self, posts: Iterable[Post]) -> dict[int, Decision]:
        """For each post the last by which it was hidden."""
        hid = self.filter(post__in=posts, act=Act.REMOVE_POST).with_what_it_is_about().order_by("decided_at", "pk")
        return {decision.post.pk: decision for decision in hid if decision.post is not None}

    def last_of(self, thread: Thread) -> Decision | None:
        """The last one about the thread as a whole, unless it was taken back."""
        last = self.filter(thread=thread, act__in=OF_THREADS).select_related("appeal").newest_first().first()
        return None if last is not None and last.is_taken_back else last

    def removals(self) -> DecisionQuerySet:
        """Those by which a discussion is out of sight still; the newest first."""
        undone = Decision.objects.filter(thread=OuterRef("thread"), act=Act.RESTORE, pk__gt=OuterRef("pk"))
        removed = self.filter(act=Act.REMOVE, thread__removed_at__isnull=False).exclude(appeal__outcome="reversed")
        return removed.exclude(Exists(undone)).newest_first()

    def of_others(self, viewer: User) -> DecisionQuerySet:
        """Without those about what the viewer wrote or opened."""
        return self.exclude(pk__in=Decision.objects.filter(about(viewer)).values("pk"))

    def past_appeal(self, now: datetime) -> DecisionQuerySet:
        """Those against which nobody can appeal any more, nor did with success still to come."""
        waiting = Decision.objects.filter(appeal__outcome="")
        return self.filter(decided_at__lt=now - APPEALABLE).exclude(pk__in=waiting.values("pk"))

    def made_urgent_by(self, coordinator: User, *, since: datetime) -> DecisionQuerySet:
        return self.filter(act=Act.URGENT, by=coordinator, decided_at__gt=since)

    def newest_first(self) -> DecisionQuerySet:
        return self.order_by("-decided_at", "-pk")


class Decision(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="decisions")
    # Where the thread stood: in that log it stays, and there a move that is taken back brings it.
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    # NULL keeps: it is about the thread as a whole.
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, blank=True, related_name="decisions")
    # Of a split the one that is new, of a merge the one that went in. NULL keeps: it was neither, or that one is gone.
    other = models.ForeignKey(Thread, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    act = models.CharField(max_length=12, choices=Act)
    grounds = models.CharField(_("what is the matter"), max_length=8, choices=Grounds, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    # What a renamed thread was called, as long as an appeal can give that back to it (see actions/purging.py).
    title_before = models.CharField(max_length=200, blank=True)
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
            ),
            # A name of one's own discussion is one's own to change, and needs none.
            models.CheckConstraint(
                condition=~Q(act__in=[Act.LOCK, Act.UNLOCK, Act.MOVE, Act.REMOVE, Act.RESTORE]) | Q(reason__gt=""),
                name="a_decision_about_a_thread_has_its_reason",
            ),
        ]

    @property
    def is_appealed(self) -> bool:
        return hasattr(self, "appeal")

    @property
    def is_taken_back(self) -> bool:
        return self.is_appealed and self.appeal.outcome == "reversed"

    @property
    def is_undone(self) -> bool:
        """Whether the posts of a split or a merge stand where they stood before, however they came there."""
        if self.other is None:
            return True
        alias = getattr(self.other, "alias", None)
        went_in = alias is not None and alias.post.thread_id == self.thread_id
        return went_in if self.act == Act.SPLIT else not went_in

    @property
    def words_of(self) -> Name:
        """Who is told: who wrote the post, or opened the discussion."""
        return self.post.author if self.post is not None else self.thread.author

    @property
    def words_of_key(self) -> int:
        return self.post.author_id if self.post is not None else self.thread.author_id

    @property
    def about_thread(self) -> Thread:
        """Where what it is about stands now."""
        return self.post.thread if self.post is not None else self.thread

    def appeal_until(self) -> datetime:
        return self.decided_at + APPEALABLE
