"""For you: what needs the member, what is new in what they follow, and when the next overview comes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import MemberRequest
from letters.models import Letter
from notifications.actions.inbox import letter_was_read, read
from notifications.inbox import UNREAD, catching_up, inbox_of
from notifications.questions import Show

LONGEST = 19  # digits of a key, all of which PostgreSQL takes


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
def read_up_to_here(request: MemberRequest) -> HttpResponse:
    """Marks as read what the page showed, of one thread or of all; it says itself what that was."""
    shown = [key for key in request.POST.get("shown", "").split(",") if key.isdecimal() and len(key) < LONGEST]
    read(by=request.user, events=[int(key) for key in shown[:UNREAD]])
    return HttpResponseRedirect(
        reverse("notifications:catch_up" if "on_end" in request.POST else "notifications:inbox")
    )


def letter_go(request: HttpRequest, pk: int) -> HttpResponse:
    """From the inbox and from mail to a letter: a member who comes this way has read what they were told of it.
    Whoever isn't signed in, a scanner of mail too, goes there as well, and nothing changes (N15)."""
    letter = get_object_or_404(Letter.objects.visible_to(request.user), pk=pk)
    if request.method == "GET" and isinstance(request.user, User):
        letter_was_read(by=request.user, letter=letter)
    return redirect(letter)
