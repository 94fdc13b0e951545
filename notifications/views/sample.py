"""A look at one's own mail before it comes, and sending that look to oneself."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import MemberRequest
from notifications import tasks
from notifications.sample import sample_for

PAUSE = timedelta(minutes=2)  # between two samples by mail


@login_required
def sample(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        if now.timestamp() - request.session.get("sample_at", 0) < PAUSE.total_seconds():
            messages.info(request, _("It is on its way already. Look in your mailbox in a minute."))
        else:
            request.session["sample_at"] = now.timestamp()
            tasks.send_sample.delay(request.user.pk)
            messages.success(request, _("It is on its way to your own address."))
        return HttpResponseRedirect(reverse("notifications:sample"))
    return TemplateResponse(request, "notifications/sample.html", {"mail": sample_for(request.user, at=now)})
