"""For coordinators: choose posts and split them off, or join a whole discussion with another. Each says first what
will happen; nothing of it needs a script."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import MemberRequest
from discussions import choosing, pages, permissions, sight
from discussions.actions import tidying, undoing
from discussions.forms import SplitForm, WhyForm, refused
from discussions.models import Post, Space, Thread, ThreadAlias, Tidying
from discussions.views.coordination import thread_for_coordinator
from discussions.views.doors import follow_merged
from experts.faces import face_of
from swexpertise.forms import sent


@login_required
@follow_merged
def thread_tidy(request: MemberRequest, pk: int) -> HttpResponse:
    return _choose(request, thread_for_coordinator(request, pk))


def _choose(request: MemberRequest, thread: Thread) -> HttpResponse:
    """The posts of a thread, short, each with a tick; what was ticked on another page comes along."""
    chosen = choosing.Chosen.of(request.POST)
    posts = Post.objects.visible_to(request.user).for_choosing(request.user)
    number = request.POST.get("page") or request.GET.get("page")
    page = pages.Numbered(posts.of(thread).in_tree(), thread).get_page(number)
    shown = list(page.object_list)
    context = {
        "thread": thread,
        "page_obj": page,
        "rows": choosing.rows_of(shown, chosen, request.user),
        "elsewhere": chosen.beyond(shown),
    }
    return TemplateResponse(request, "discussions/thread_tidy.html", context)


@login_required
@follow_merged
def thread_split(request: MemberRequest, pk: int) -> HttpResponse:
    """First with what was ticked alone: what will happen, and a form. Then with that form filled in. Its address alone
    holds nothing that was ticked, so it leads to where that is done."""
    viewer, thread = request.user, thread_for_coordinator(request, pk)
    if request.method != "POST":
        return redirect("discussions:thread_tidy", pk)
    chosen = choosing.Chosen.of(request.POST)
    try:
        outlook = tidying.look_ahead(thread=thread, posts=chosen.posts, trees=chosen.trees)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return _choose(request, thread)
    spaces = Space.objects.visible_to(viewer).in_order().for_readers_of(thread.space)
    form = SplitForm(request.POST if "title" in request.POST else None, spaces=spaces, here=thread.space)
    loss = ""
    if form.is_bound and form.is_valid():
        space = form.cleaned_data["space"]
        loss = form.ask_again(sight.who_loses_it(thread.space, space))
        if not loss:
            try:
                new = tidying.split(
                    by=viewer, thread=thread, posts=chosen.posts, trees=chosen.trees,
                    title=form.cleaned_data["title"], space=space, reason=form.cleaned_data["reason"],
                )  # fmt: skip
            except (PermissionDenied, ValidationError) as refusal:
                refused(form, refusal)
            else:
                messages.success(request, _("It is a discussion of its own now."))
                return redirect(new)
    opening = get_object_or_404(Post.objects.visible_to(viewer).for_choosing(viewer), pk=outlook.opening)
    context = {
        "thread": thread,
        "form": form,
        "chosen": chosen,
        "outlook": outlook,
        "opening": choosing.beginning_of(opening),
        "opening_face": face_of(opening.author, viewer),
        "loss": loss,
    }
    return TemplateResponse(request, "discussions/thread_split.html", context)


@login_required
@require_POST
def tidying_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Back to how it was before a split or a merge; where that can't be, the discussion says why."""
    tidying = get_object_or_404(Tidying.objects.visible_to(request.user).select_related("thread"), pk=pk)
    try:
        stands = undoing.undo(by=request.user, tidying=tidying)
    except (PermissionDenied, ValidationError) as refusal:
        messages.error(request, " ".join(getattr(refusal, "messages", refusal.args)))
        return redirect(tidying.thread)
    messages.success(request, _("Everything stands as it was before."))
    return redirect(stands)


@login_required
@follow_merged
def thread_merge(request: MemberRequest, pk: int) -> HttpResponse:
    """Look for the other (`q`: words of its title, or its address); look at what will happen (`into`); then do it."""
    viewer, thread = request.user, thread_for_coordinator(request, pk)
    others = Thread.objects.visible_to(viewer).other_than(thread).select_related("space__circle")
    into = others.numbered(request.GET.get("into")).first()
    form = WhyForm(sent(request))
    refusal = tidying.objection(thread, into) if into else ""
    if into and request.method == "POST" and not refusal and form.is_valid():
        opening = get_object_or_404(Post.objects.visible_to(viewer).of(thread), number=1)
        try:
            tidying.merge(by=viewer, thread=thread, into=into, reason=form.cleaned_data["reason"])
        except (PermissionDenied, ValidationError) as late:
            refused(form, late)
        else:
            messages.success(request, _("The two are one discussion now; old links arrive here."))
            return redirect(opening)
    asked = request.GET.get("q", "")[:300]
    aliases = ThreadAlias.objects.visible_to(viewer)
    context = {
        "thread": thread,
        "into": into,
        "form": form,
        "refusal": refusal,
        "is_wider": into is not None and not permissions.is_for_its_readers(thread.space, into.space),
        "reads_it": sight.reads_it(into.space) if into else "",
        "loss": sight.who_loses_it(thread.space, into.space) if into else "",
        "asked": asked,
        "found": pages.threads_meant(others, Post.objects.visible_to(viewer), aliases, asked),
    }
    return TemplateResponse(request, "discussions/thread_merge.html", context)
