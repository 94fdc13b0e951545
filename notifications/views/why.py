"""Why did I get this, and why did I not (N5)? For one post, and for what was written in the last sixty days."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.requests import MemberRequest
from discussions.models import Post
from experts.faces import face_of
from notifications.why import KEPT_FOR, answers

A_PAGE = 25


@login_required
def why(request: MemberRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).for_why(), pk=pk)
    (answer,) = answers(request.user, [post], now=timezone.now())
    context = {"answer": answer, "post": post, "face": face_of(post.author, request.user)}
    return TemplateResponse(request, "notifications/why.html", context)


@login_required
def why_list(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    recent = Post.objects.visible_to(request.user).for_why().written_since(now - KEPT_FOR)
    page = Paginator(recent, A_PAGE).get_page(request.GET.get("page"))
    found = answers(request.user, list(page.object_list), now=now)
    context = {
        "page_obj": page,
        "rows": [(answer, face_of(answer.post.author, request.user)) for answer in found],
    }
    return TemplateResponse(request, "notifications/why_list.html", context)
