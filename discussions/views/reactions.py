"""With one touch: react, keep for oneself, choose the answer; and what one kept (D9, D11)."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import MemberRequest
from discussions import mentions, permissions, questions
from discussions.actions import answers, reactions
from discussions.forms import NoteForm
from discussions.models import Bookmark, Post, StandRevision, Thread
from discussions.models.reaction import Tally, tallies
from discussions.views.doors import sign_in_to_write
from experts.faces import face_of
from experts.models import Name
from swexpertise.forms import sent
from swexpertise.writing import references

KEPT_A_PAGE = 30


@login_required
@require_POST
def post_react(request: MemberRequest, pk: int) -> HttpResponse:
    """Under one's first name; a number is all that is shown of it."""
    post = get_object_or_404(Post.objects.visible_to(request.user).live().select_related("thread"), pk=pk)
    name = Name.objects.visible_to(request.user).held_by(request.user).first()
    if name is None:
        raise Http404
    kind = request.POST.get("kind", "")
    reactions.toggle(by=request.user, name=name, post=post, kind=kind)
    if request.accepts("text/html"):
        return redirect(post)
    return _counted(tallies([post.pk], questions.reactions(request.user, posts=[post.pk]))[post.pk], kind)


def _counted(found: Sequence[Tally], kind: str) -> JsonResponse:
    """For a script: every count under the post, and in words what became of the one that was touched."""
    touched = next(tally for tally in found if tally.kind == kind)
    words = _("%(label)s: %(total)d, yours too") if touched.is_mine else _("%(label)s: %(total)d, no longer yours")
    counts = [{"kind": tally.kind, "total": tally.total, "mine": tally.is_mine} for tally in found]
    return JsonResponse({"tallies": counts, "said": words % {"label": touched.label, "total": touched.total}})


@sign_in_to_write
def post_keep(request: MemberRequest, pk: int) -> HttpResponse:
    posts = Post.objects.visible_to(request.user).for_eyes_of(request.user)
    post = get_object_or_404(posts.select_related("thread__space"), pk=pk)
    kept = Bookmark.objects.visible_to(request.user).on(post).first()
    if request.method == "POST" and "as_it_is" in request.POST:
        reactions.keep(by=request.user, post=post, note=kept.note if kept else "")
        return JsonResponse({"said": _("Kept, for you alone."), "link": _("Kept: write a note")})
    form = NoteForm(sent(request), initial={"note": kept.note if kept else ""})
    if request.method == "POST" and form.is_valid():
        if "let_go" in request.POST:
            reactions.let_go(by=request.user, post=post)
            messages.success(request, _("No longer kept."))
        else:
            reactions.keep(by=request.user, post=post, note=form.cleaned_data["note"])
            messages.success(request, _("Kept, for you alone."))
        return redirect(post)
    return TemplateResponse(request, "discussions/post_keep.html", {"post": post, "form": form, "kept": kept})


@login_required
def kept_list(request: MemberRequest) -> HttpResponse:
    kept = Bookmark.objects.visible_to(request.user).for_page(request.user)
    page = Paginator(kept, KEPT_A_PAGE).get_page(request.GET.get("page"))
    rows = [(bookmark, face_of(bookmark.post.author, request.user)) for bookmark in page.object_list]
    return TemplateResponse(request, "discussions/kept_list.html", {"page_obj": page, "rows": rows})


@login_required
@require_POST
def post_choose(request: MemberRequest, pk: int) -> HttpResponse:
    """Chooses it as the answer; what was chosen already is let go."""
    post = get_object_or_404(Post.objects.visible_to(request.user).live().select_related("thread__author"), pk=pk)
    if not permissions.may_choose_answer(request.user, post.thread):
        raise PermissionDenied
    try:
        if post.thread.answer_id == post.pk:
            answers.unchoose(by=request.user, thread=post.thread)
        else:
            answers.choose(by=request.user, post=post)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(post)


@login_required
def stand_list(request: MemberRequest, pk: int) -> HttpResponse:
    """What "where we stand" said before, with author and date."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    stands = list(StandRevision.objects.visible_to(request.user).of(thread)[:50])
    titles = references.targets(request.user, *(stand.html for stand in stands))
    earlier = [(stand, mentions.linked(stand.html, {}, titles), face_of(stand.by, request.user)) for stand in stands]
    return TemplateResponse(request, "discussions/stand_list.html", {"thread": thread, "earlier": earlier})
