"""For you: what needs the member, what is new in what they follow, and when the next overview comes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import MemberRequest
from discussions.models import Thread
from notifications.actions.inbox import read_everything, read_thread
from notifications.inbox import Show, catching_up, inbox_of


@login_required
def inbox(request: MemberRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    context = {"inbox": inbox_of(request.user, show=show), "show": show, "parts": Show.choices}
    return TemplateResponse(request, "notifications/inbox.html", context)


@login_required
def catch_up(request: MemberRequest) -> HttpResponse:
    """The same list as the inbox, to read on end."""
    return TemplateResponse(request, "notifications/catch_up.html", {"here": catching_up(request.user)})


@login_required
@require_POST
def read_up_to_here(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    """Marks as read what the page showed: of one thread, or of all. Newer items stay unread."""
    up_to = int(request.POST["up_to"]) if request.POST.get("up_to", "").isdecimal() else 0
    if pk is None:
        read_everything(by=request.user, up_to=up_to)
    else:
        thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
        read_thread(by=request.user, thread=thread, up_to=up_to)
    return HttpResponseRedirect(
        reverse("notifications:catch_up" if "on_end" in request.POST else "notifications:inbox")
    )
