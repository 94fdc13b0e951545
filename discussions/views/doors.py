"""How a reader is met: a visitor who can't find it is asked to sign in, found or not, and old addresses of a thread
that was merged lead to where it went."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from discussions.models import ThreadAlias

View = Callable[..., HttpResponse]


def sign_in_to_find(view: View) -> View:
    """For pages that may be public: a visitor gets the page, or the sign-in page; a member the page, or 404."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return door


def follow_merged(view: View) -> View:
    """For pages of a thread: where none is found for this reader, to the post that opened it, if they see that where
    it stands now. Else 404, as for any other."""

    @wraps(view)
    def door(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, pk, *args, **kwargs)
        except Http404:
            alias = ThreadAlias.objects.visible_to(request.user).of(pk).first()
            if alias is None:
                raise
            return redirect(alias.post)

    return door
