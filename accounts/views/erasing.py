"""Taking one's own account away for good."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions import erasing
from accounts.forms import EraseForm
from accounts.requests import MemberRequest
from swexpertise.forms import sent


@sensitive_post_parameters("password")
@login_required
def erase(request: MemberRequest) -> HttpResponse:
    """Says what goes and what stays, and asks for the password again."""
    form = EraseForm(sent(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            erasing.erase(by=request.user, user=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            logout(request)
            messages.success(request, _("Your account is erased."))
            return redirect("/")
    return TemplateResponse(request, "accounts/erase.html", {"form": form})
