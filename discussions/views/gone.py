"""What I deleted, and what was hidden of mine, as long as it can come back (D7, D13)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.requests import MemberRequest
from discussions import gone


@login_required
def gone_list(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    page = gone.gone(request.user, request.GET.get("page"), now=now)
    removed = gone.removed(request.user, now=now) if page.number == 1 else []
    context = {"page_obj": page, "rows": page.object_list, "removed": removed}
    return TemplateResponse(request, "discussions/gone_list.html", context)
