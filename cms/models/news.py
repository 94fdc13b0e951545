"""News: dated by what it tells of."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel

from cms.models.home import HomePage
from cms.models.page import KnowledgePage


class NewsIndexPage(KnowledgePage):
    template = "cms/news_list.html"
    parent_page_types = [HomePage]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("news index")
        verbose_name_plural = _("news indexes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.reading import news_for

        news = news_for(request.user, self.locale.language_code, page=request.GET.get("page"))
        return {**super().get_context(request, *args, **kwargs), "news": news}


class NewsPage(KnowledgePage):
    template = "cms/news.html"
    parent_page_types = [NewsIndexPage]
    has_discussion = True
    has_sources = True

    on = models.DateField(_("date"), default=timezone.localdate, help_text=_("Of what it tells."))

    content_panels = [
        *KnowledgePage.content_panels[:1],
        FieldPanel("on"),
        *KnowledgePage.content_panels[1:],
        InlinePanel("citations", heading=_("Sources"), label=_("source")),
    ]

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")
