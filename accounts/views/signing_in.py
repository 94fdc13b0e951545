"""allauth's sign-in and second step, around which a text that was sent too late finds its way (see carrying.py).

Without such a text both pages are allauth's own, untouched.
"""

from allauth.account import app_settings
from allauth.account.forms import LoginForm
from allauth.account.internal.stagekit import clear_login
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.views import login as allauth_login
from allauth.mfa.base.views import authenticate as allauth_second_step
from allauth.utils import get_form_class
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import carrying
from swexpertise.safety import texts


def sign_in_with(request: HttpRequest) -> HttpResponse:
    """The sign-in page, in answer to a text from somebody who isn't signed in any more. The text goes along."""
    field = carrying.pack(request)
    if not field:
        return texts.given_back(request, "too_large", status=403)
    return _sign_in_page(request, field, status=403)


def login(request: HttpRequest) -> HttpResponse:
    field = request.POST.get(texts.CARRIED, "")
    if not field:
        return allauth_login(request)
    if request.user.is_authenticated:  # in another window, in the meantime
        return _handed_back(request, field)
    if "login" not in request.POST:  # the second step was cancelled, or the form had grown old
        clear_login(request)
        return _sign_in_page(request, field)
    return _onward(request, allauth_login(request), field)


def second_step(request: HttpRequest) -> HttpResponse:
    field = request.POST.get(texts.CARRIED, "")
    if not field:
        return allauth_second_step(request)
    return _onward(request, allauth_second_step(request), field)


def _onward(request: HttpRequest, answer: HttpResponse, field: str) -> HttpResponse:
    """What allauth answers, with the text: instead of sending on, which would lose it, the next page is shown here."""
    if request.user.is_authenticated:
        return _handed_back(request, field)
    if answer.status_code == 429:
        return _sign_in_page(request, field, error=_("Too many attempts. Wait a few minutes."), status=429)
    if answer.status_code == 302:
        if answer.headers["Location"].partition("?")[0] != reverse("mfa_authenticate"):
            return _sign_in_page(request, field)
        request.method = "GET"  # the second step is asked for, not answered
        answer = allauth_second_step(request)
    if isinstance(answer, TemplateResponse) and answer.context_data is not None:
        answer.context_data |= {"carried": field}
    return answer


def _sign_in_page(request: HttpRequest, field: str, *, error: str = "", status: int = 200) -> HttpResponse:
    form = get_form_class(app_settings.FORMS, "login", LoginForm)(request=request)
    context = get_entrance_context_data(request) | {"form": form, "carried": field, "carried_error": error}
    answer = TemplateResponse(request, "account/login.html", context, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _handed_back(request: HttpRequest, field: str) -> HttpResponse:
    carried = carrying.unpack(field)
    if carried is None:
        return texts.page(request, "too_late", address="/", fields=[])
    return texts.page(request, "signed_in", address=carried.address, fields=carried.fields, files=carried.files)
