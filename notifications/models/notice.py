"""What a coordinator decided about something of a member, told to that member (D13). On the site it says what; mail
only ever says that something waits."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.urls import reverse

from accounts.audiences import is_member
from accounts.models import User
from discussions.models import Decision, Thread


class NoticeKind(models.TextChoices):
    AUTHOR = "author"  # about what the member wrote
    REPORTER = "reporter"  # about what they reported
    APPEAL = "appeal"  # what came of their appeal


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, viewer: User | AnonymousUser) -> NoticeQuerySet:
        """One's own. It leads to no other person: not to who decided, nor to who reported or wrote."""
        return self.filter(recipient=viewer) if is_member(viewer) else self.none()

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def about(self, decisions: Iterable[int]) -> NoticeQuerySet:
        return self.filter(decision__in=list(decisions))

    def for_list(self, viewer: User) -> NoticeQuerySet:
        """The newest first, each with `title`: of the discussion, as long as the member sees it, or would if it
        weren't removed."""
        seen = Thread.objects.visible_to(viewer).filter(posts=OuterRef("decision__post"))
        own = Thread.objects.removed_or_not(viewer).filter(pk=OuterRef("decision__thread"))
        title = Case(
            When(decision__post=None, then=Subquery(own.values("title")[:1])),
            default=Subquery(seen.values("title")[:1]),
        )
        return self.select_related("decision").annotate(title=title).order_by("-at", "-pk")


class Notice(models.Model):
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    title: str | None  # put there by `for_list`

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "decision", "kind"], name="told_once_of_a_decision"),
        ]
        indexes = [models.Index(fields=["recipient"], condition=Q(read_at=None), name="notices_unread")]

    @property
    def url(self) -> str:
        if self.kind == NoticeKind.REPORTER:
            return reverse("discussions:my_reports")
        return reverse("discussions:decision", args=[self.decision_id])
