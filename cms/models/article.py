"""A knowledge article with its evidence passport (K6)."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel

from cms.models.knowledge import TopicHubPage
from cms.models.page import KnowledgePage


class Evidence(models.TextChoices):
    SURVEY = "survey", _("survey and interviews")
    LEGAL_ANALYSIS = "legal-analysis", _("legal analysis")
    DOCUMENT_STUDY = "document-study", _("study of documents")
    PROGRAMME_REPORT = "programme-report", _("report of a programme")
    PRACTICE = "practice", _("experience from practice")
    OVERVIEW = "overview", _("overview")


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class ArticlePage(KnowledgePage):
    template = "cms/article.html"
    parent_page_types = [TopicHubPage]
    has_discussion = True
    has_sources = True

    evidence = models.CharField(_("kind of evidence"), max_length=20, choices=Evidence, default=Evidence.OVERVIEW)
    written_by = models.CharField(
        _("written by"), max_length=300, blank=True, help_text=_("As they wish to be named; a pseudonym, a role.")
    )
    reviewed_by = models.CharField(
        _("reviewed by"), max_length=300, blank=True, help_text=_("As they wish to be named")
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    review_after_months = models.PositiveSmallIntegerField(
        _("look again after (months)"), default=24, help_text=_("Counted from the review, else from publication.")
    )

    content_panels = [
        *KnowledgePage.content_panels,
        InlinePanel("citations", heading=_("Sources"), label=_("source")),
        MultiFieldPanel(
            [
                FieldPanel("evidence"),
                FieldPanel("written_by"),
                FieldPanel("reviewed_by"),
                FieldPanel("reviewed_on"),
                FieldPanel("review_after_months"),
            ],
            heading=_("Evidence passport"),
        ),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reviewed_by="", reviewed_on=None)
                | (~models.Q(reviewed_by="") & models.Q(reviewed_on__isnull=False)),
                name="reviewed_by_somebody_on_a_day_or_not_at_all",
            )
        ]

    @property
    def review_due_on(self) -> date | None:
        since = self.reviewed_on or (self.first_published_at and timezone.localtime(self.first_published_at).date())
        return months_after(since, self.review_after_months) if since else None

    def is_review_due(self, on: date) -> bool:
        return self.review_due_on is not None and self.review_due_on < on

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return {**super().get_context(request, *args, **kwargs), "is_review_due": self.is_review_due(today)}
