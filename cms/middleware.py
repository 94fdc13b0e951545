"""Two habits of Django and Wagtail, bent to the house: what is absent is absent, and an old address tells nothing."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_path
from wagtail.contrib.redirects.middleware import RedirectMiddleware, get_redirect
from wagtail.contrib.redirects.models import Redirect

from cms.models import KnowledgePage


class LanguageOfAddress(LocaleMiddleware):
    """Language by address, else by the reader. Pages answer to every address under /nl/, so Django would send each
    404 outside it there to be absent once more; this one leaves a 404 as it is."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not get_language_from_path(request.path_info):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", get_language() or "")
        return response


class OpenRedirects(RedirectMiddleware):
    """From a page's earlier addresses, for whoever may see the page: a new address says what a page is about."""

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
