"""The glossary: terms with what they mean, in alphabetical order; explained in place on other pages (K12)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable

from accounts.models import User
from cms.models.knowledge import KnowledgeIndexPage
from cms.models.page import KnowledgePage


class GlossaryPage(KnowledgePage):
    template = "cms/glossary.html"
    parent_page_types = [KnowledgeIndexPage]
    max_count_per_parent = 1

    content_panels = [*KnowledgePage.content_panels, InlinePanel("terms", heading=_("Terms"), label=_("term"))]

    class Meta:
        verbose_name = _("glossary")
        verbose_name_plural = _("glossaries")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        terms = sorted(self.terms.all(), key=lambda term: term.term.casefold())
        letters = list(dict.fromkeys(term.letter for term in terms))
        return {**super().get_context(request, *args, **kwargs), "terms": terms, "letters": letters}


class TermQuerySet(models.QuerySet["Term"]):
    def visible_to(self, viewer: User | AnonymousUser) -> TermQuerySet:
        """Whoever sees the glossary."""
        return self.filter(page__in=GlossaryPage.objects.visible_to(viewer))

    def in_language(self, language: str) -> TermQuerySet:
        return self.filter(page__locale__language_code=language)


class Term(Orderable):
    page = ParentalKey(GlossaryPage, on_delete=models.CASCADE, related_name="terms")
    term = models.CharField(_("term"), max_length=80)
    also = models.CharField(_("also written"), max_length=200, blank=True, help_text=_("Apart with commas"))
    meaning = models.CharField(_("meaning"), max_length=500)

    objects = TermQuerySet.as_manager()

    panels = [FieldPanel("term"), FieldPanel("also"), FieldPanel("meaning")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "term"], name="explained_once")]

    @property
    def anchor(self) -> str:
        return slugify(self.term)

    @property
    def letter(self) -> str:
        return self.term[:1].upper()

    @property
    def spellings(self) -> list[str]:
        return [self.term, *(word.strip() for word in self.also.split(",") if word.strip())]
