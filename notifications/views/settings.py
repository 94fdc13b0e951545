"""What comes by mail, when, and how much of it; and what the member follows."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
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
from experts.faces import face_of
from experts.models import Name, Topic
from letters.models import Letter
from notifications.actions import watches as watching
from notifications.actions.preferences import choose
from notifications.forms import LevelForm, MailForm
from notifications.levels import AS_SPACE, Level
from notifications.models import Watch
from notifications.words import in_words
from swexpertise.forms import sent


@login_required
def settings(request: MemberRequest) -> HttpResponse:
    """The sentence says what is chosen; "look first" says what would be, without keeping it."""
    mine = Preferences.objects.visible_to(request.user).first() or Preferences(user=request.user)
    begin: dict[str, Any] = {
        "rhythm": mine.rhythm,
        "hour": mine.hour,
        "weekday": mine.weekday,
        "mail_detail": mine.detail,
        "is_steady": mine.is_steady,
        "quiet_from": mine.quiet_from,
        "quiet_to": mine.quiet_to,
    }
    form = MailForm(sent(request), initial=begin)
    is_trial = "look" in request.POST
    shown, refusal = begin, ""
    if request.method == "POST" and not form.is_valid():
        refusal = str(next(iter(form.errors.values()))[0])
    elif form.is_valid():
        if not is_trial:
            choose(by=request.user, **form.cleaned_data)
            messages.success(request, _("Kept."))
            return HttpResponseRedirect(reverse("notifications:settings"))
        shown = form.cleaned_data
    watches = list(Watch.objects.visible_to(request.user).chosen())
    context = {
        "form": form,
        "sentence": in_words(**shown),
        "refusal": refusal,
        "is_trial": is_trial and not refusal,
        "zone": mine.time_zone.replace("_", " ").replace("/", " / "),
        "watches": [watch for watch in watches if watch.name is None],
        "muted": [face_of(watch.name, request.user) for watch in watches if watch.name is not None],
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


@login_required
@require_POST
def watch_topic(request: MemberRequest, pk: int) -> HttpResponse:
    return _watch(request, get_object_or_404(Topic.objects.visible_to(request.user), pk=pk))


@login_required
@require_POST
def watch_letter(request: MemberRequest, pk: int) -> HttpResponse:
    return _watch(request, get_object_or_404(Letter.objects.visible_to(request.user), pk=pk))


@login_required
@require_POST
def mute_name(request: MemberRequest, key: str) -> HttpResponse:
    """One name, and no other of the same person."""
    name = get_object_or_404(Name.objects.visible_to(request.user), key=key)
    if "hear" in request.POST:
        watching.hear(by=request.user, name=name)
        messages.success(request, _("You hear of %(name)s again.") % {"name": face_of(name, request.user)})
    else:
        try:
            watching.mute(by=request.user, name=name)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(
                request,
                _("Muted: nothing that %(name)s writes is told to you any more.")
                % {"name": face_of(name, request.user)},
            )
    return _back(request, name.get_absolute_url())


def _watch(request: MemberRequest, thing: watching.Thing) -> HttpResponse:
    form = LevelForm(request.POST, thing=thing)
    if form.is_valid():
        level = form.cleaned_data["level"]
        watching.watch(by=request.user, thing=thing, level=level)
        if level == AS_SPACE and isinstance(thing, Thread):
            words, level = _("From now on as its space: %(level)s."), watching.level_of(request.user, thing)
        else:
            words = _("From now on: %(level)s.")
        messages.success(request, words % {"level": Level(level).label})
    else:
        messages.error(request, _("Choose one of the levels, then keep it."))
    return _back(request, thing.get_absolute_url())


def _back(request: MemberRequest, otherwise: str) -> HttpResponse:
    """To the page one came from, if it is one of ours."""
    here = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        here, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(here if is_ours else otherwise)
