"""What may stand in mail about a discussion or a space, and a post that can't wait."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.requests import MemberRequest
from discussions import permissions
from discussions.actions import telling
from discussions.forms import MailDetailForm, UrgentForm, refused
from discussions.models import Post, Space, Thread
from swexpertise.forms import sent


@login_required
def thread_mail(request: MemberRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user).with_faces(), pk=pk)
    if not permissions.may_set_mail_detail(request.user, thread):
        raise Http404
    form = MailDetailForm(sent(request), initial={"mail_detail": thread.mail_detail})
    if request.method == "POST" and form.is_valid():
        telling.set_mail_detail(by=request.user, thread=thread, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect(thread)
    return TemplateResponse(request, "discussions/mail_detail.html", {"thing": thread, "form": form})


@login_required
def space_mail(request: MemberRequest, slug: str) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    if not permissions.may_coordinate(request.user):
        raise Http404
    form = MailDetailForm(sent(request), initial={"mail_detail": space.mail_detail})
    if request.method == "POST" and form.is_valid():
        telling.set_mail_detail_of_space(by=request.user, space=space, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect(space)
    return TemplateResponse(request, "discussions/mail_detail.html", {"thing": space, "form": form})


@login_required
def post_urgent(request: MemberRequest, pk: int) -> HttpResponse:
    posts = Post.objects.visible_to(request.user).for_editing()
    post = get_object_or_404(posts, pk=pk)
    if not permissions.may_make_urgent(request.user, post):
        raise Http404
    form = UrgentForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            telling.make_urgent(by=request.user, post=post, **form.cleaned_data)
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Whoever is told of it is told within ten minutes."))
            return redirect(post)
    return TemplateResponse(request, "discussions/post_urgent.html", {"post": post, "form": form})
