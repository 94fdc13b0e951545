"""Texts that aren't placed yet: kept while typing, and found back under "My drafts" (D4)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import time as clock
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import MemberRequest
from discussions import drafting
from discussions.actions import drafts as actions
from discussions.models import Draft
from discussions.models.draft import UNUSED, Place
from discussions.views.doors import sign_in_to_write

DRAFTS_A_PAGE = 20


@sign_in_to_write
def draft_keep(request: MemberRequest) -> HttpResponse:
    """Keeps what a form holds: for a script in JSON, else back to the form. When another window kept something else:
    409 with both texts."""
    place = Place.of(request.POST.get("place", ""))
    if place is None:
        raise Http404
    text = request.POST.get("text", "")
    try:
        draft = actions.keep(
            by=request.user,
            place=place,
            text=text,
            filled=drafting.filled_in(request.POST),
            stamp=request.POST.get("draft", ""),
            form_key=request.POST.get("form_key", ""),
        )
    except actions.OtherDraft as other:
        return _both(request, other.draft)
    except (PermissionDenied, ValidationError) as refusal:
        return _refused(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
    if _is_script(request):
        return JsonResponse({"stamp": draft.stamp if draft else "", "said": _said(draft)})
    messages.success(request, _("Your draft is kept. Only you see it.") if draft else _("There was nothing to keep."))
    url = drafting.rows_of([draft], request.user)[0].url if draft else ""
    return redirect(url or "discussions:drafts")


def _is_script(request: MemberRequest) -> bool:
    return not request.accepts("text/html")


def _said(draft: Draft | None) -> str:
    if draft is None:
        return ""
    return _("Draft kept at %(time)s") % {"time": clock(timezone.localtime(draft.changed_at), "H:i")}


def _both(request: MemberRequest, other: Draft) -> HttpResponse:
    context = {
        "other": other,
        "text": request.POST.get("text", ""),
        "others": [
            (key, value)
            for key, values in request.POST.lists()
            for value in values
            if key not in ("text", "draft", "csrfmiddlewaretoken")
        ],
        "url": drafting.rows_of([other], request.user)[0].url,
    }
    if _is_script(request):
        notice = render_to_string("discussions/_draft_choice.html", context, request)
        told = {"stamp": other.stamp, "text": other.text, "filled": other.filled, "notice": notice}
        return JsonResponse(told | {"said": _("Not kept: there is another draft")}, status=409)
    return TemplateResponse(request, "discussions/draft_choose.html", context, status=409)


def _refused(request: MemberRequest, why: str) -> HttpResponse:
    if _is_script(request):
        return JsonResponse({"said": why}, status=400)
    context = {"why": why, "text": request.POST.get("text", "")}
    return TemplateResponse(request, "discussions/draft_refused.html", context, status=400)


@login_required
def draft_list(request: MemberRequest) -> HttpResponse:
    found = Draft.objects.visible_to(request.user).latest_first()
    page = Paginator(found, DRAFTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": drafting.rows_of(page.object_list, request.user), "days": UNUSED.days}
    return TemplateResponse(request, "discussions/draft_list.html", context)


@login_required
def draft_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """The bare text, to read and to copy: for when its place is closed, moved or gone."""
    draft = get_object_or_404(Draft.objects.visible_to(request.user), pk=pk)
    [row] = drafting.rows_of([draft], request.user)
    return TemplateResponse(request, "discussions/draft_detail.html", {"draft": draft, "row": row})


@login_required
def draft_discard(request: MemberRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        actions.discard(by=request.user, draft=draft)
        messages.success(request, _("The draft is thrown away."))
        return redirect("discussions:drafts")
    return TemplateResponse(request, "discussions/draft_discard.html", {"draft": draft, "form": ""})
