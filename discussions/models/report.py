"""A member says that a post isn't right; coordinators decide (D13). Who reported is shown to nobody, coordinators
neither: nothing here leads to a face."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import BooleanField, Case, Count, Exists, Max, Min, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.decision import OF_WORDS, Decision, Grounds
from discussions.models.post import Post

LONGEST = 1000  # characters of somebody's own words


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ReportQuerySet:
        """Whoever made it, and coordinators who see the post; never who wrote that post, under whichever name: a
        coordinator doesn't find what was reported about themselves."""
        if not is_member(viewer):
            return self.none()
        rule = Q(reporter=viewer)
        if viewer.is_coordinator:  # type: ignore[union-attr]  # a member is a User
            rule |= Q(post__in=Post.objects.visible_to(viewer).values("pk"))
        own = Post.objects.filter(Q(author__holder=viewer) | Q(author__veil__user=viewer), pk=OuterRef("post"))
        return self.filter(rule).exclude(Exists(own))

    def made_by(self, viewer: User | AnonymousUser) -> ReportQuerySet:
        return self.filter(reporter=viewer.pk)

    def of_posts_seen_by(self, viewer: User) -> ReportQuerySet:
        return self.filter(post__in=Post.objects.visible_to(viewer).values("pk"))

    def waiting(self) -> ReportQuerySet:
        """Nobody decided yet."""
        return self.filter(decision=None)

    def since(self, moment: datetime) -> ReportQuerySet:
        return self.filter(reported_at__gt=moment)

    def newest_first(self) -> ReportQuerySet:
        return self.order_by("-reported_at", "-pk")

    def by_post(self, viewer: User) -> models.QuerySet[Report, dict[str, object]]:
        """One row a post, the post that waits longest first: `post`, `total`, `since`, `newest` (the key of its latest
        report) and `is_mine`, whether the viewer reported it too and therefore can't decide."""
        mine = Case(When(reporter=viewer, then=Value(1)), default=Value(0))
        rows = (
            self.order_by()
            .values("post")
            .annotate(total=Count("pk"), since=Min("reported_at"), newest=Max("pk"), mine=Max(mine))
        )
        is_mine = Case(When(mine=1, then=Value(True)), default=Value(False), output_field=BooleanField())
        return rows.annotate(is_mine=is_mine).order_by("since", "newest")

    def with_posts(self) -> ReportQuerySet:
        texts = ("post__html", "post__source", "post__path", "post__thread__stand_source", "post__thread__stand_html")
        return self.select_related("post__author__profile", "post__thread__space").defer(*texts)

    def with_outcome(self, viewer: User) -> ReportQuerySet:
        """Puts on each `is_open`: whether the viewer still sees the post."""
        seen: dict[str, Any] = {"is_open": Exists(Post.objects.visible_to(viewer).filter(pk=OuterRef("post")))}
        return self.with_posts().select_related("decision__appeal").annotate(**seen)


class Report(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reports")
    # NULL keeps: that account is gone; what was reported still has to be looked at.
    reporter = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    grounds = models.CharField(_("what is the matter"), max_length=8, choices=Grounds)
    words = models.CharField(_("in your own words"), max_length=LONGEST, blank=True)
    reported_at = models.DateTimeField(default=timezone.now)
    # NULL keeps: it waits.
    decision = models.ForeignKey(Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")

    is_open: bool  # put there by `with_outcome`

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "reporter"], condition=Q(decision=None), name="one_waiting_report_per_member"
            ),
            models.CheckConstraint(
                condition=Q(grounds__in=[grounds.value for grounds in OF_WORDS]), name="a_report_has_grounds"
            ),
        ]
        indexes = [
            models.Index(fields=["post"], condition=Q(decision=None), name="reports_that_wait"),
            models.Index(fields=["reporter", "-reported_at"], name="reports_of_a_member"),
        ]
