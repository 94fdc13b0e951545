"""Redirects from a page's earlier addresses, for whoever may see the page: a new address says what a page is about."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware, get_redirect
from wagtail.contrib.redirects.models import Redirect

from cms.models import KnowledgePage


class OpenRedirects(RedirectMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code != 404:
            return response
        known = get_redirect(request, Redirect.normalise_path(request.path, decode_unicode=False))
        if known is None:
            return response
        if known.redirect_page_id and not KnowledgePage.objects.visible_to(request.user).filter(
            pk=known.redirect_page_id
        ):
            return response
        return super().process_response(request, response)
