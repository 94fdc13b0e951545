"""When mail to the member came back: why nothing comes any more, and how to begin again (N21)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import MemberRequest
from notifications.actions import bounces
from notifications.confirming import is_key_of
from notifications.models import Reachability


@login_required
def address(request: MemberRequest) -> HttpResponse:
    """Asking sends one mail a day, with a link that only this member can use."""
    if request.method == "POST":
        if bounces.ask(by=request.user, at=timezone.now()):
            messages.success(request, _("A mail with a link is on its way. Open the link within three days."))
        else:
            messages.info(request, _("That mail was sent today already. Look in your spam folder, too."))
        return HttpResponseRedirect(reverse("notifications:address"))
    mine = Reachability.objects.visible_to(request.user).stopped().first()
    return TemplateResponse(request, "notifications/address.html", {"stopped": mine})


@login_required
def confirm(request: MemberRequest, key: str) -> HttpResponse:
    """Looking changes nothing, since mail programs open links by themselves."""
    if request.method == "POST":
        try:
            bounces.confirm(by=request.user, key=key)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return HttpResponseRedirect(reverse("notifications:address"))
        messages.success(request, _("Mail comes again, beginning with one overview of what you missed."))
        return HttpResponseRedirect(reverse("notifications:inbox"))
    return TemplateResponse(request, "notifications/address_confirm.html", {"is_good": is_key_of(request.user, key)})
