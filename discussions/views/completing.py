"""Comfort for a script beside a text: a look at it while one types, names and titles to choose from (D3)."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.audiences import is_member
from accounts.models import User
from accounts.requests import MemberRequest
from discussions import completing
from discussions.models import Space, Thread
from discussions.pages import number_in
from discussions.views.writing import as_readers_see
from swexpertise.safety.pace import is_too_fast

View = Callable[[MemberRequest], HttpResponse]


def for_script(what: str, most: int) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Members only, `most` times a minute, by POST: what somebody types belongs in no address and no log."""

    def door(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @never_cache
        @require_POST
        @wraps(view)
        def opened(request: HttpRequest) -> HttpResponse:
            if not is_member(request.user) or not isinstance(request.user, User):
                return JsonResponse({"said": _("You are no longer signed in.")}, status=401)
            if is_too_fast(what, request.user.pk, most=most):
                return JsonResponse({"said": _("That was a lot at once. Wait a minute.")}, status=429)
            return view(request)  # type: ignore[arg-type]  # a member's

        return opened

    return door


@for_script("preview", 90)
def preview(request: MemberRequest) -> HttpResponse:
    """The text as readers will see it; a text that would be refused says why."""
    text = request.POST.get("text", "")
    if not text.strip():
        return JsonResponse({"html": ""})
    try:
        return JsonResponse({"html": as_readers_see(text, request.user, request.POST.get("content_note", ""))})
    except ValidationError as refusal:
        return JsonResponse({"said": " ".join(refusal.messages)}, status=400)


@for_script("names", 200)
def names(request: MemberRequest) -> HttpResponse:
    """For a text in a thread or a space; where the writer can't see that, nothing."""
    place = _place(request)
    found = completing.names(request.user, place, request.POST.get("q", "")) if place else []
    return _offers(found)


@for_script("links", 200)
def links(request: MemberRequest) -> HttpResponse:
    return _offers(completing.links(request.user, request.POST.get("q", "")))


def _place(request: MemberRequest) -> Thread | Space | None:
    if number := number_in(request.POST.get("thread"), 0):
        return Thread.objects.visible_to(request.user).select_related("space").in_bulk([number]).get(number)
    number = number_in(request.POST.get("space"), 0)
    return Space.objects.visible_to(request.user).in_bulk([number]).get(number)


def _offers(found: list[completing.Offer]) -> JsonResponse:
    return JsonResponse({"offers": [{"put": one.put, "title": one.title, "hint": one.hint} for one in found]})
