"""The way in to the editors' side."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse

from cms.permissions import may_enter

View = Callable[..., HttpResponseBase]


def editors_only(view: View) -> View:
    """A visitor signs in first; a member who edits nothing is refused (Wagtail would send them round in a circle)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_enter(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def sign_in(request: HttpRequest) -> HttpResponse:
    """The platform's own, for everybody."""
    return redirect_to_login(request.GET.get("next") or "/cms/", login_url="account_login")


def settings(request: HttpRequest, _rest: str | None = None) -> HttpResponse:
    """Name, language and portrait are set where every member sets them."""
    try:
        return HttpResponseRedirect(reverse("accounts:settings"))
    except NoReverseMatch:
        return HttpResponseRedirect("/")


def nothing_here(request: HttpRequest, *_parts: str) -> HttpResponse:
    raise Http404
