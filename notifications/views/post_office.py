"""For coordinators: how mail fares, and sending again what stranded. Never what stands in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import MemberRequest
from notifications.actions.issues import send_again
from notifications.permissions import may_look_after_mail
from notifications.post_office import look


@login_required
def delivery(request: MemberRequest) -> HttpResponse:
    if not may_look_after_mail(request.user):
        raise Http404
    now = timezone.now()
    office = look(now=now)
    return TemplateResponse(
        request, "notifications/post_office.html", {"office": office, "is_late": office.is_late(now)}
    )


@login_required
@require_POST
def again(request: MemberRequest, pk: int) -> HttpResponse:
    """Pressed twice, it is sent once."""
    if not may_look_after_mail(request.user):
        raise Http404
    if send_again(by=request.user, pk=pk):
        messages.success(request, _("It is tried again within a minute."))
    else:
        messages.info(request, _("This mail isn't set aside any more."))
    return HttpResponseRedirect(reverse("notifications:delivery"))
