"""Answers by mail that wait for the member: looked at, posted or thrown away by them alone (N17, N18)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import MemberRequest
from discussions.forms import ReplyForm, refused
from discussions.models import Thread
from discussions.permissions import may_reply_to
from discussions.voices import voices_in
from experts.faces import face_of
from notifications.actions import replies
from notifications.models import ParkedReply
from notifications.models.inbound import Reason
from swexpertise.forms import sent


@login_required
def waiting(request: MemberRequest) -> HttpResponse:
    rows = ParkedReply.objects.visible_to(request.user).with_thread(request.user).newest_first()
    return TemplateResponse(request, "notifications/reply_list.html", {"replies": rows})


@login_required
def reply(request: MemberRequest, pk: int) -> HttpResponse:
    """The text as we understood it, to be changed and posted. Where nothing can be posted, to be copied."""
    viewer = request.user
    parked = get_object_or_404(ParkedReply.objects.visible_to(viewer).with_thread(viewer), pk=pk)
    threads = Thread.objects.visible_to(viewer).with_my_name(viewer).select_related("author__veil")
    thread = get_object_or_404(threads, pk=parked.post.thread_id) if parked.is_there and parked.post else None
    names = voices_in(viewer, thread) if thread else []
    form = ReplyForm(
        sent(request), names=names, proposed=thread.my_name if thread else None, initial={"text": parked.text}
    )
    if request.method == "POST" and form.is_valid():
        chosen = {field: form.cleaned_data[field] for field in ("name", "text", "content_note")}
        try:
            post = replies.publish(by=viewer, parked=parked, at=timezone.now(), **chosen)
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Posted."))
            return redirect(post)
    context = {
        "parked": parked,
        "thread": thread,
        "face": face_of(parked.post.author, viewer) if thread and parked.post else None,
        "form": form,
        "may_post": thread is not None and parked.post is not None and may_reply_to(viewer, parked.post),
        "has_text": parked.reason not in (Reason.FOREIGN, Reason.ATTACHMENTS, Reason.UNREADABLE, Reason.EMPTY),
    }
    return TemplateResponse(request, "notifications/reply_detail.html", context)


@login_required
@require_POST
def throw_away(request: MemberRequest, pk: int) -> HttpResponse:
    replies.throw_away(by=request.user, parked=get_object_or_404(ParkedReply.objects.visible_to(request.user), pk=pk))
    messages.success(request, _("Thrown away."))
    return HttpResponseRedirect(reverse("notifications:replies"))
