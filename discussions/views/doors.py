"""How a visitor is met: what they can't find may be there for members, so they are asked to sign in, found or not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

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
