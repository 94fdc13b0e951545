"""Where somebody arrives, and addresses that stay the same while pages move."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from accounts.audiences import is_member
from cms.models import KnowledgePage
from cms.shelf import key_of


def start(request: HttpRequest) -> HttpResponse:
    """A member comes to “Voor jou”, a visitor to the home page in a language of theirs."""
    if is_member(request.user):
        try:
            return redirect(reverse("notifications:inbox"))
        except NoReverseMatch:
            pass
    response = redirect(f"/{get_language()}/")
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The page in the reader's language where it is there for them, else in the other one (K10)."""
    found = {page.locale.language_code: page for page in KnowledgePage.objects.visible_to(request.user).of_key(key)}
    if not found:
        raise Http404
    chosen = found.get(str(get_language())) or next(iter(found.values()))
    return redirect(chosen.get_url(request))


def exact_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a link in a text points to: this page, in this language."""
    found = get_object_or_404(KnowledgePage.objects.visible_to(request.user), pk=pk)
    return redirect(found.get_url(request))


def knowledge(request: HttpRequest) -> HttpResponse:
    return page(request, key_of("knowledge"))


def about(request: HttpRequest) -> HttpResponse:
    return page(request, key_of("about"))


def privacy(request: HttpRequest) -> HttpResponse:
    return page(request, key_of("accessibility_privacy"))
