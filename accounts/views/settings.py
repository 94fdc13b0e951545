"""One's own settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions import preferences, sessions
from accounts.forms import LocaleForm, ReadingForm
from accounts.models import Circle
from accounts.requests import MemberRequest
from swexpertise.forms import sent


@login_required
def settings(request: MemberRequest) -> HttpResponse:
    mine = preferences.preferences_of(request.user)
    form = LocaleForm.of(mine, sent(request))
    if request.method == "POST" and form.is_valid():
        preferences.choose_locale(by=request.user, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
        return redirect("accounts:settings")
    reading = ReadingForm.of(mine)
    context = {"form": form, "reading": reading, "circles": Circle.objects.entered_by(request.user).order_by("name")}
    return TemplateResponse(request, "accounts/settings.html", context)


@login_required
@require_POST
def choose_reading(request: MemberRequest) -> HttpResponse:
    form = ReadingForm(request.POST)
    if form.is_valid():
        preferences.choose_reading(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect("accounts:settings")


@login_required
@require_POST
def end_other_sessions(request: MemberRequest) -> HttpResponse:
    sessions.end_others(request=request)
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("accounts:settings")
