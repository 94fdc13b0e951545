"""What comes by mail, when, and how much of it; and what the member follows."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Preferences
from accounts.requests import MemberRequest
from discussions.models import Space, Thread
from notifications.actions import watches
from notifications.actions.preferences import choose
from notifications.forms import LevelForm, MailForm
from notifications.levels import Level
from notifications.models import Watch
from notifications.words import in_words


@login_required
def settings(request: MemberRequest) -> HttpResponse:
    """The sentence says what is chosen; "look first" says what would be, without keeping it."""
    mine = Preferences.objects.visible_to(request.user).first() or Preferences(user=request.user)
    begin: dict[str, Any] = {
        "rhythm": mine.rhythm,
        "hour": mine.hour,
        "weekday": mine.weekday,
        "mail_detail": mine.detail,
    }
    form = MailForm(request.POST or None, initial=begin)
    is_trial = "look" in request.POST
    shown = begin
    if form.is_valid():
        if not is_trial:
            choose(by=request.user, **form.cleaned_data)
            messages.success(request, _("Kept."))
            return HttpResponseRedirect(reverse("notifications:settings"))
        shown = form.cleaned_data
    context = {
        "form": form,
        "sentence": in_words(**shown),
        "is_trial": is_trial,
        "watches": Watch.objects.visible_to(request.user).chosen(),
    }
    return TemplateResponse(request, "notifications/settings.html", context)


@login_required
@require_POST
def watch_thread(request: MemberRequest, pk: int) -> HttpResponse:
    return _watch(request, get_object_or_404(Thread.objects.visible_to(request.user), pk=pk))


@login_required
@require_POST
def watch_space(request: MemberRequest, pk: int) -> HttpResponse:
    return _watch(request, get_object_or_404(Space.objects.visible_to(request.user), pk=pk))


def _watch(request: MemberRequest, thing: Space | Thread) -> HttpResponse:
    form = LevelForm(request.POST)
    if form.is_valid():
        watches.watch(by=request.user, thing=thing, level=form.cleaned_data["level"])
        messages.success(request, _("From now on: %(level)s.") % {"level": Level(form.cleaned_data["level"]).label})
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = thing.get_absolute_url()
    return HttpResponseRedirect(back)
