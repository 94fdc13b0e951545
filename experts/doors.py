"""Who gets through to the coordinators' pages. For others they don't exist: the same answer as for a wrong address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts.permissions import may_invite

View = Callable[..., HttpResponse]


def for_coordinators(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_invite(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
