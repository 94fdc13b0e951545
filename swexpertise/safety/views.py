"""The neutral page one leaves to, health, and the refusal of a stale form."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from swexpertise.safety.health import checks


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
    """A form that was left open too long: says so, and that Back brings the text back."""
    return TemplateResponse(request, "403_csrf.html", status=403).render()
