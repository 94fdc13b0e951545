"""Where Kennis begins: the topics, with their articles, and the ways in to programmes, timeline and glossary."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.models.home import HomePage
from cms.models.page import KnowledgePage


class KnowledgeIndexPage(KnowledgePage):
    template = "cms/knowledge.html"
    parent_page_types = [HomePage]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("knowledge index")
        verbose_name_plural = _("knowledge indexes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.reading import shelves_of

        return {**super().get_context(request, *args, **kwargs), **shelves_of(self, request.user)}


class TopicHubPage(KnowledgePage):
    template = "cms/hub.html"
    parent_page_types = [KnowledgeIndexPage]

    class Meta:
        verbose_name = _("topic hub")
        verbose_name_plural = _("topic hubs")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.reading import articles_under

        return {**super().get_context(request, *args, **kwargs), "articles": articles_under(self, request.user)}
