"""The list of spaces, one space with its threads, and "I have read all this"."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import MemberRequest
from discussions import permissions, rows
from discussions.actions import reading
from discussions.models import Space, Thread
from discussions.views.doors import sign_in_to_find
from experts.models import Topic

THREADS_A_PAGE = 50
NEWEST = 3


@sign_in_to_find
def space_list(request: HttpRequest) -> HttpResponse:
    spaces = list(Space.objects.visible_to(request.user).in_order())
    if not spaces and not request.user.is_authenticated:
        raise Http404
    threads = Thread.objects.visible_to(request.user)
    shelves = rows.shelves(spaces, threads, threads.newest_of_each_space(NEWEST), request.user)
    return TemplateResponse(request, "discussions/space_list.html", {"shelves": shelves})


@sign_in_to_find
def space_go(request: HttpRequest, pk: int) -> HttpResponse:
    """The address by number, which tells no name."""
    return redirect(get_object_or_404(Space.objects.visible_to(request.user), pk=pk))


@sign_in_to_find
def space_detail(request: HttpRequest, slug: str) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.user).select_related("circle"), slug=slug)
    chosen = rows.Choice.of(request.GET)
    threads = chosen.narrow(Thread.objects.visible_to(request.user).in_space(space), request.user)
    page = Paginator(threads.for_rows(request.user).newest_first(), THREADS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "space": space,
        "page_obj": page,
        "threads": rows.rows_of(page.object_list, request.user),
        "chosen": chosen,
        "topic": Topic.objects.visible_to(request.user).at(chosen.tag).first() if chosen.tag else None,
        "may_open": permissions.may_open_thread(request.user, space),
        "may_coordinate": permissions.may_coordinate(request.user),
    }
    return TemplateResponse(request, "discussions/space_detail.html", context)


@login_required
@require_POST
def space_read(request: MemberRequest, slug: str) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    reading.mark_space_read(by=request.user, space=space)
    messages.success(request, _("Everything in this space counts as read."))
    return redirect(space)
