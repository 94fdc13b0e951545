"""Headers that keep a reader safe: nothing kept by browser or proxy, no sensors, a looser policy only in the CMS. And
an address that nothing can have leads nowhere; that of a button says so."""

from collections.abc import Callable
from http import HTTPStatus

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

Handler = Callable[[HttpRequest], HttpResponse]

# Wagtail's admin writes inline scripts and styles; nowhere else are they allowed.
CMS_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
    "object-src": [NONE],
}
PERMISSIONS = "camera=(), microphone=(), geolocation=(), browsing-topics=(), interest-cohort=(), payment=(), usb=()"


class SafetyHeaders:
    """Adds what Django has no setting for. Stands inside the CSP middleware, whose policy it loosens for the CMS."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        if request.path.startswith("/cms/"):
            response._csp_replace = CMS_POLICY  # type: ignore[attr-defined]  # the hook django-csp reads
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response


class KeepNothing:
    """`Cache-Control: no-store` on every answer to somebody signed in, images and errors too (S12)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated or request.path.startswith("/accounts/"):
            response.headers["Cache-Control"] = "no-store"
        return response


class NowhereAtNul:
    """404 for an address with a NUL byte in it (`%00`): PostgreSQL, which is asked for what an address names, can't
    hold one and would answer with an error (D20)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)


class NoPageForButton:
    """Whoever opens the address of a button, as a sign-in in between makes a browser do, reads that nothing has
    changed and how to go on; Django's own answer to that is an empty page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET" and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response
