"""Against a decision about one's own post or discussion: once, and judged by another coordinator than who took it
(D13)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.decision import Act, Decision, about
from discussions.models.post import Post
from discussions.models.space import Space

LONGEST = 2000


class Outcome(models.TextChoices):
    UPHELD = "upheld", _("upheld")
    REVERSED = "reversed", _("reversed")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, viewer: User | AnonymousUser) -> AppealQuerySet:
        """Who wrote the post it is about or opened the discussion, under whichever name, and coordinators who see the
        space where that stands now."""
        if not is_member(viewer):
            return self.none()
        rule = about(viewer, "decision__")  # type: ignore[arg-type]  # a member is a User
        if viewer.is_coordinator:  # type: ignore[union-attr]  # a member is a User
            spaces = Space.objects.visible_to(viewer).values("pk")
            rule |= Q(decision__post__thread__space__in=spaces)
            rule |= Q(decision__post=None, decision__thread__space__in=spaces)
        return self.filter(rule)

    def waiting(self) -> AppealQuerySet:
        return self.filter(outcome="")

    def that_keep_hidden(self, post: Post) -> AppealQuerySet:
        """Against hiding `post`, and upheld."""
        return self.filter(decision__post=post, decision__act=Act.REMOVE_POST, outcome=Outcome.UPHELD)

    def of_others(self, viewer: User) -> AppealQuerySet:
        """Without those that the viewer wrote: in the queue nobody meets themselves."""
        return self.exclude(pk__in=Appeal.objects.filter(about(viewer, "decision__")).values("pk"))

    def with_what_it_is_about(self) -> AppealQuerySet:
        whole = ("decision__thread__author__veil", "decision__thread__space", "decision__space")
        return self.select_related("decision__post__author__veil", "decision__post__thread__space", *whole)

    def oldest_first(self) -> AppealQuerySet:
        return self.order_by("appealed_at", "pk")


class Appeal(models.Model):
    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="appeal")
    words = models.TextField(_("your words"), max_length=LONGEST)
    appealed_at = models.DateTimeField(default=timezone.now)
    # Empty: it waits.
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    answer = models.CharField(_("reason"), max_length=400, blank=True)
    # Never shown. NULL keeps: it waits, or that account is gone.
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", answer="", settled_at=None)
                | Q(outcome__in=Outcome.values, settled_at__isnull=False),
                name="an_outcome_exactly_when_settled",
            )
        ]
        indexes = [models.Index(fields=["appealed_at"], condition=Q(outcome=""), name="appeals_that_wait")]
