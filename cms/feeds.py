"""Atom feeds of what a visitor may read: news and articles, one in each language (K16)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from cms.models import ArticlePage, KnowledgePage, NewsPage

LONGEST = 30


class PublicFeed(Feed):
    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, language: str) -> str:
        if language not in dict(settings.LANGUAGES):
            raise Http404
        return language

    def title(self, language: str) -> str:
        with translation.override(language):
            return _("%(site)s: news and articles") % {"site": settings.SITE_NAME}

    def link(self, language: str) -> str:
        return f"/{language}/"

    def feed_url(self, language: str) -> str:
        return reverse("cms:feed", args=[language])

    def items(self, language: str) -> Any:
        """Asked as a visitor, whoever asks: a feed is copied on."""
        pages = KnowledgePage.objects.visible_to(AnonymousUser()).in_language(language)
        return pages.type(NewsPage, ArticlePage).published_first()[:LONGEST]

    def item_title(self, page: KnowledgePage) -> str:
        return page.title

    def item_description(self, page: KnowledgePage) -> str:
        return page.summary

    def item_link(self, page: KnowledgePage) -> str:
        return page.get_url() or page.permanent_url

    def item_guid(self, page: KnowledgePage) -> str:
        return f"urn:uuid:{page.translation_key}:{page.pk}"

    def item_pubdate(self, page: KnowledgePage) -> datetime | None:
        return page.first_published_at

    def item_updateddate(self, page: KnowledgePage) -> datetime | None:
        return page.last_published_at
