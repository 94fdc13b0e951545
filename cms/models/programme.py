"""International programmes: period, countries, partners, funder, figures with their source."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel

from cms.countries import COUNTRIES, name_of_country
from cms.fields import KnownDate
from cms.models.knowledge import KnowledgeIndexPage
from cms.models.page import KnowledgePage


class ProgrammeIndexPage(KnowledgePage):
    template = "cms/programme_list.html"
    parent_page_types = [KnowledgeIndexPage]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("programme index")
        verbose_name_plural = _("programme indexes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.reading import programmes_under

        return {**super().get_context(request, *args, **kwargs), "programmes": programmes_under(self, request.user)}


class ProgrammePage(KnowledgePage):
    template = "cms/programme.html"
    parent_page_types = [ProgrammeIndexPage]
    has_discussion = True
    has_sources = True

    starts = KnownDate(_("from"), blank=True)
    ends = KnownDate(_("to"), blank=True, help_text=_("Empty: it is still running, or we don't know."))
    countries = ArrayField(
        models.CharField(max_length=2, choices=COUNTRIES),
        default=list,
        blank=True,
        verbose_name=_("countries"),
        help_text=_("Codes of two letters, apart with commas: KE, ZW."),
    )
    coordination = ArrayField(
        models.SlugField(max_length=80),
        default=list,
        blank=True,
        verbose_name=_("coordinated by"),
        help_text=_("The last part of the address of each organisation, apart with commas."),
    )
    partners = models.CharField(_("partners"), max_length=400, blank=True)
    funder = models.CharField(_("paid for by"), max_length=200, blank=True)
    budget_eur = models.PositiveBigIntegerField(_("budget in euro"), null=True, blank=True)

    content_panels = [
        *KnowledgePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("starts"),
                FieldPanel("ends"),
                FieldPanel("countries"),
                FieldPanel("coordination"),
                FieldPanel("partners"),
                FieldPanel("funder"),
                FieldPanel("budget_eur"),
            ],
            heading=_("The programme"),
        ),
        InlinePanel("citations", heading=_("Sources"), label=_("source")),
    ]

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    @property
    def country_names(self) -> list[str]:
        return sorted(name_of_country(code) for code in self.countries)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.reading import organisations_of

        return {**super().get_context(request, *args, **kwargs), "organisations": organisations_of(self, request.user)}
