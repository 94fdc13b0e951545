"""The neutral page one leaves to, health, and the refusal of a form that is stale or too large."""

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from swexpertise.files import uploads
from swexpertise.safety import texts
from swexpertise.safety.health import checks

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
MB = 1024 * 1024
MOST_UNREAD, PART = 64 * MB, 64 * 1024


@csrf_exempt
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Ends the session on the server and shows a neutral page (S12).

    Takes GET as well: the link must work at once and without script, and the worst a forged link can do is sign
    somebody out.
    """
    logout(request)
    response = TemplateResponse(request, "leave.html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Each service this process needs, by name; 503 when one is missing. Says nothing but ok or away (R7)."""
    results = {name: check() for name, check in checks().items()}
    return JsonResponse(
        {name: "ok" if fine else "away" for name, fine in results.items()},
        status=200 if all(results.values()) else 503,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was left open too long, or that somebody else's page sent. A text comes back in a new form (D4)."""
    if not reason.startswith(("Origin", "Referer")):
        if texts.CARRIED in request.POST:
            carried = [(texts.CARRIED, request.POST[texts.CARRIED])]
            return texts.page(request, "carried", address=resolve_url(settings.LOGIN_URL), fields=carried, status=403)
        if texts.is_kept(request):
            return texts.given_back(request, "stale", status=403)
    return TemplateResponse(request, "403_csrf.html", status=403).render()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer to what it refuses to read; more than it accepts gets a page that says so (D20)."""
    if not isinstance(exception, TOO_MUCH):
        return defaults.bad_request(request, exception)
    most, length = uploads.most_of(request), uploads.length_of(request)
    has_files = request.content_type == "multipart/form-data" and length > most
    if length <= MOST_UNREAD:
        _read_to_the_end(request)
    said = {"most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // MB, "files": most // MB if has_files else None}
    answer = HttpResponse(render_to_string("413.html", said), status=413)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _read_to_the_end(request: HttpRequest) -> None:
    """Of what isn't read the browser is told by a broken connection, and then it never shows the answer."""
    for _part in range(MOST_UNREAD // PART):
        try:
            if not request.read(PART):
                return
        except OSError:  # whoever sent it has gone
            return
