"""Reporting a post and reading what came of it; for coordinators what waits; the log for everybody (D13)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import MemberRequest
from discussions import mentions, moderating, permissions
from discussions.actions import appeals, reports
from discussions.forms import refused
from discussions.models import Appeal, Decision, Post
from discussions.moderation_forms import AppealForm, ReportForm, SettleForm, VerdictForm
from discussions.signals import decisions_read
from experts.faces import face_of
from swexpertise.forms import sent

LOG_SIZE = 50


@login_required
def post_report(request: MemberRequest, pk: int) -> HttpResponse:
    posts = Post.objects.visible_to(request.user).for_eyes_of(request.user).for_editing()
    post = get_object_or_404(posts, pk=pk)
    if permissions.is_author(request.user, post):
        raise Http404
    form = ReportForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            reports.report(by=request.user, post=post, **form.cleaned_data)
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Thank you. A coordinator looks at it; here you read what comes of it."))
            return redirect("discussions:my_reports")
    context = {"post": post, "face": face_of(post.author, request.user), "form": form}
    return TemplateResponse(request, "discussions/post_report.html", context)


@login_required
def my_reports(request: MemberRequest) -> HttpResponse:
    """What I reported and what became of it; what was decided about what I wrote."""
    page = moderating.own_reports(request.user, request.GET.get("page"))
    decisions = Decision.objects.about_words_of(request.user).with_what_it_is_about().newest_first()
    context = {"page_obj": page, "decisions": decisions[: moderating.SIZE]}
    decisions_read.send(Decision, decisions=moderating.decided(page), user=request.user)
    return TemplateResponse(request, "discussions/my_reports.html", context)


@login_required
def report_list(request: MemberRequest) -> HttpResponse:
    if not permissions.may_coordinate(request.user):
        raise Http404
    page = moderating.cases(request.user, request.GET.get("page"))
    context = {"page_obj": page, "cases": page.object_list, "pleas": moderating.pleas(request.user)}
    return TemplateResponse(request, "discussions/report_list.html", context)


@login_required
def post_judge(request: MemberRequest, pk: int) -> HttpResponse:
    """What was reported of one post, its text, and what was decided about it before; what is to be done now."""
    viewer = request.user
    post = get_object_or_404(Post.objects.visible_to(viewer).for_editing(), pk=pk)
    if not permissions.may_judge(viewer, post):
        raise Http404
    case = moderating.case_of(viewer, post)
    initial = {"seen": case.newest if case else None}
    form = VerdictForm(sent(request), initial=initial, is_gone=post.deleted_at is not None)
    if request.method == "POST" and form.is_valid():
        try:
            reports.decide(by=viewer, post=post, **form.cleaned_data)
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Decided. The author and who reported it are told, without your name."))
            return redirect("discussions:reports")
    context = {
        "post": post,
        "case": case,
        "face": face_of(post.author, viewer),
        "html": mentions.linked(post.html, {}),
        "earlier": Decision.objects.visible_to(viewer).of_post(post).newest_first(),
        "form": form,
    }
    return TemplateResponse(request, "discussions/post_judge.html", context)


@login_required
def decision_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """For who wrote the post or opened the discussion: what was decided, why, and room to say that it is wrong."""
    viewer = request.user
    decision = get_object_or_404(Decision.objects.about_words_of(viewer).with_what_it_is_about(), pk=pk)
    form = AppealForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            appeals.appeal(by=viewer, decision=decision, **form.cleaned_data)
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Another coordinator looks at it. You'll read here what comes of it."))
            return redirect("discussions:decision", pk=decision.pk)
    decisions_read.send(Decision, decisions=[decision.pk], user=viewer)
    context = {
        "decision": decision,
        "is_open": moderating.can_open(viewer, decision),
        "title": moderating.title_for(viewer, decision),
        "title_before": moderating.title_before(viewer, decision),
        "appeal": decision.appeal if decision.is_appealed else None,
        "may_appeal": permissions.may_appeal(viewer, decision, now=timezone.now()),
        "form": form,
    }
    return TemplateResponse(request, "discussions/decision_detail.html", context)


@login_required
def post_decision(request: MemberRequest, pk: int) -> HttpResponse:
    """From the stub of one's own post to what was decided about it last."""
    decision = Decision.objects.about_words_of(request.user).of_post(pk).newest_first().first()
    if decision is None:
        raise Http404
    return redirect("discussions:decision", pk=decision.pk)


@login_required
def appeal_settle(request: MemberRequest, pk: int) -> HttpResponse:
    viewer = request.user
    appeal = get_object_or_404(Appeal.objects.visible_to(viewer).waiting().with_what_it_is_about(), pk=pk)
    if not permissions.may_settle(viewer, appeal):
        raise Http404
    form = SettleForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            appeals.settle(
                by=viewer, appeal=appeal, outcome=form.cleaned_data["outcome"], answer=form.cleaned_data["reason"]
            )
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Decided. The author is told, without your name."))
            return redirect("discussions:reports")
    context = {
        "appeal": appeal,
        "text": moderating.hidden_text(viewer, appeal),
        "posts": moderating.removed_posts(viewer, appeal),
        "form": form,
    }
    return TemplateResponse(request, "discussions/appeal_settle.html", context)


@login_required
def removed_list(request: MemberRequest) -> HttpResponse:
    """For coordinators: whole discussions that were removed, to put one back."""
    if not permissions.may_coordinate(request.user):
        raise Http404
    page = moderating.removals(request.user, request.GET.get("page"))
    return TemplateResponse(request, "discussions/removed_list.html", {"page_obj": page})


@login_required
def log(request: MemberRequest) -> HttpResponse:
    """What coordinators decided, without a name, a title or a word of anybody."""
    decisions = Decision.objects.visible_to(request.user).in_log()
    page = Paginator(decisions, LOG_SIZE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "discussions/log.html", {"page_obj": page})
