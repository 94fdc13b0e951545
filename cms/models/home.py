"""The home page of a language: one sentence, what is worth reading, and everything else from its own rule."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.models import Orderable
from wagtail.url_routing import RouteResult

from accounts.models import User
from cms.models.page import KnowledgePage


class HomePage(KnowledgePage):
    template = "cms/home.html"
    parent_page_types = ["wagtailcore.Page"]
    max_count_per_parent = 2

    sentence = models.CharField(_("what this is, in one sentence"), max_length=300)
    lead = models.TextField(_("what you can do here"), max_length=600, blank=True)

    content_panels = [
        *KnowledgePage.content_panels[:1],
        FieldPanel("sentence"),
        FieldPanel("lead"),
        InlinePanel("features", heading=_("Worth reading now"), max_num=3),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Finds the page; whether the viewer may see it is asked at its door."""
        page = (
            self
            if not path_components
            else KnowledgePage.objects.at(f"{self.url_path}{'/'.join(path_components)}/").first()
        )
        if page is None:
            raise Http404
        return RouteResult(page)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.reading import home_of

        return {**super().get_context(request, *args, **kwargs), **home_of(self, request.user)}


class FeatureQuerySet(models.QuerySet["Feature"]):
    def visible_to(self, viewer: User | AnonymousUser) -> FeatureQuerySet:
        """Asked of the page that is featured, not of the home page."""
        return self.filter(page__in=KnowledgePage.objects.visible_to(viewer))


class Feature(Orderable):
    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="features")
    page = models.ForeignKey(KnowledgePage, on_delete=models.CASCADE, related_name="+", verbose_name=_("page"))

    objects = FeatureQuerySet.as_manager()

    panels = [PageChooserPanel("page")]
