"""For machines that read the public pages: sitemap and robots (K16)."""

from itertools import groupby

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.response import TemplateResponse

from cms.models import KnowledgePage

BASE = settings.SITE_URL.rstrip("/")


def sitemap(request: HttpRequest) -> TemplateResponse:
    """What a visitor sees, whoever asks, with each page's twin."""
    pages = (
        KnowledgePage.objects.visible_to(AnonymousUser()).select_related("locale").order_by("translation_key", "pk")
    )
    groups = [list(twins) for _key, twins in groupby(pages, key=lambda page: page.translation_key)]
    entries = [
        {
            "url": BASE + page.get_url(request),
            "at": page.last_published_at,
            "twins": [(twin.locale.language_code, BASE + twin.get_url(request)) for twin in twins if len(twins) > 1],
        }
        for twins in groups
        for page in twins
    ]
    return TemplateResponse(request, "cms/sitemap.xml", {"entries": entries}, content_type="application/xml")


def robots(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "cms/robots.txt", {"base": BASE}, content_type="text/plain")
