"""The middleware that answers what `uploads` refused."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from swexpertise.safety import texts
from swexpertise.safety.middleware import Handler


class RefuseTooMuch:
    """Before a view is called; the answer to what was sent too large holds the text that came before files (D4)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            # No browser sends so. Django would take it for empty, and the server would read it without an end.
            return HttpResponse(_("Say beforehand how long it is."), status=411, content_type="text/plain")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method == "POST" and request.content_type == "multipart/form-data":
            request.POST  # noqa: B018  # reads it, as far as it is read at all
            if getattr(request, "is_too_large", False):
                return texts.given_back(request, "files_too_large", status=413)
        return None
