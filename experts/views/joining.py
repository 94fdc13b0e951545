"""Accepting an invitation. Looking at the page spends nothing; whatever is wrong gets one and the same answer (P1)."""

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions import invitations, members
from experts.actions import names
from experts.forms import JoinForm
from swexpertise.forms import sent


@never_cache
@sensitive_post_parameters("password")
def join(request: HttpRequest, secret: str) -> HttpResponse:
    invitation = invitations.look_at(secret=secret, at=timezone.now())
    if invitation is None:
        return _refuse(request)
    translation.activate(invitation.language)
    form = JoinForm(sent(request), email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user = members.admit(invitation=invitation, password=form.cleaned_data["password"])
                names.create(by=user, holder=user, display_name=form.cleaned_data["called"], is_first=True)
        except ValidationError:
            return _refuse(request)
        login(request, user, backend="accounts.backends.NeutralBackend")
        return redirect("experts:profile_edit")
    response = TemplateResponse(request, "experts/join.html", {"form": form, "email": invitation.email})
    response.headers["Referrer-Policy"] = "same-origin"
    return response.render()


def _refuse(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "experts/join_refused.html", status=404)
