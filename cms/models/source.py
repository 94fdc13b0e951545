"""A source: one row for each work that is cited, and which page cites which, in order."""

from __future__ import annotations

import re

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from accounts.models import User
from cms.models.page import KnowledgePage


def plain_doi(value: str) -> str:
    """Three spellings of one DOI are one: without resolver, without “doi:”, in lower case (ISO 26324)."""
    return re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", value.strip(), flags=re.IGNORECASE).lower()


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, viewer: User | AnonymousUser) -> SourceQuerySet:
        """Works that others published are public; which page cites them is asked of the page."""
        return self.all()


@register_snippet
class Source(index.Indexed, models.Model):
    key = models.SlugField(_("short name"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    year = models.CharField(_("year"), max_length=4, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    doi = models.CharField(_("DOI"), max_length=200, blank=True)

    objects = SourceQuerySet.as_manager()

    panels = [FieldPanel(name) for name in ("title", "authors", "publisher", "year", "url", "doi", "key")]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title"), index.SearchField("publisher")]

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [models.UniqueConstraint(fields=["doi"], condition=~models.Q(doi=""), name="one_source_per_doi")]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher})" if self.publisher else self.title

    def clean(self) -> None:
        self.doi = plain_doi(self.doi)
        if self.doi and not re.match(r"10\.\d{4,9}/\S+$", self.doi):
            raise ValidationError({"doi": _("A DOI begins with 10. and holds a slash, like 10.1000/xyz123.")})

    @property
    def link(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else self.url


class CitationQuerySet(models.QuerySet["Citation"]):
    def visible_to(self, viewer: User | AnonymousUser) -> CitationQuerySet:
        """Whoever sees the page sees its sources."""
        return self.filter(page__in=KnowledgePage.objects.visible_to(viewer))


class Citation(Orderable):
    page = ParentalKey(KnowledgePage, on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations", verbose_name=_("source"))
    note = models.CharField(_("where in it"), max_length=120, blank=True, help_text=_("A page or a chapter"))

    objects = CitationQuerySet.as_manager()

    panels = [FieldPanel("source"), FieldPanel("note")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "source"], name="cited_once")]
