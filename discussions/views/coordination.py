"""For coordinators: close, open, put on top, rename, move, remove, put back. Each asks first, and why (D13)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import MemberRequest
from discussions import permissions, sight
from discussions.actions import spaces
from discussions.actions import threads as actions
from discussions.forms import ReasonForm, refused
from discussions.models import Decision, Space, Thread
from discussions.models.decision import OF_THREADS, Act
from discussions.moderation_forms import DecideForm, MoveForm, RenameForm
from swexpertise.forms import sent

# For each act: what does it, the question, what follows from it, and the words on the button.
ACTS: dict[str, tuple[Any, Any, Any, Any]] = {
    "lock": (
        actions.lock,
        gettext_lazy("Close this discussion?"),
        gettext_lazy("Everybody can still read it; nobody can reply until it is opened again."),
        gettext_lazy("Close"),
    ),
    "unlock": (
        actions.unlock,
        gettext_lazy("Open this discussion again?"),
        gettext_lazy("Members can reply again."),
        gettext_lazy("Open again"),
    ),
    "pin": (
        actions.pin,
        gettext_lazy("Put this discussion on top?"),
        gettext_lazy("It stays above the others in its space, however old it is."),
        gettext_lazy("Put on top"),
    ),
    "unpin": (
        actions.unpin,
        gettext_lazy("No longer on top?"),
        gettext_lazy("It takes its place by its latest post again."),
        gettext_lazy("Take it down"),
    ),
    "remove": (
        actions.remove,
        gettext_lazy("Remove this whole discussion?"),
        gettext_lazy("Nobody can find or read it any more. Coordinators can put it back."),
        gettext_lazy("Remove"),
    ),
    "restore": (
        actions.restore,
        gettext_lazy("Put this discussion back?"),
        gettext_lazy("Everybody who sees its space can read it again."),
        gettext_lazy("Put back"),
    ),
}


def thread_for_coordinator(request: MemberRequest, pk: int) -> Thread:
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)
    if not permissions.may_coordinate(request.user):
        raise Http404
    return thread


def removed_thread(request: MemberRequest, pk: int) -> Thread:
    removals = Decision.objects.visible_to(request.user).removals().of_thread(pk)
    seen = Thread.objects.removed_or_not(request.user).select_related("space", "author__veil")
    if not permissions.may_coordinate(request.user) or not removals.exists():
        raise Http404
    return get_object_or_404(seen, pk=pk)


def _form(request: MemberRequest, thread: Thread, act: Act) -> DecideForm:
    return DecideForm(sent(request), act=act, is_own=permissions.is_opener(request.user, thread))


def _done(request: MemberRequest, thread: Thread) -> str:
    if permissions.is_opener(request.user, thread):
        return _("Done.")
    return _("Done. Who opened the discussion reads why, without your name.")


@login_required
def thread_decide(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    if act not in ACTS:
        raise Http404
    thread = removed_thread(request, pk) if act == Act.RESTORE else thread_for_coordinator(request, pk)
    action, question, consequences, button = ACTS[act]
    form = _form(request, thread, Act(act)) if Act(act) in OF_THREADS else ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            action(by=request.user, thread=thread, **form.cleaned_data)
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _done(request, thread))
            return redirect(thread.space if act == "remove" else thread)
    context = {
        "thread": thread,
        "form": form,
        "question": question,
        "consequences": consequences,
        "act": button,
        "is_final": act == "remove",
    }
    return TemplateResponse(request, "discussions/thread_decide.html", context)


@login_required
def thread_rename(request: MemberRequest, pk: int) -> HttpResponse:
    thread = thread_for_coordinator(request, pk)
    is_own = permissions.is_opener(request.user, thread)
    form = RenameForm(sent(request), initial={"title": thread.title}, act=Act.RENAME, is_own=is_own)
    if request.method == "POST" and form.is_valid():
        try:
            renamed = actions.rename(by=request.user, thread=thread, **form.cleaned_data)
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _done(request, thread))
            return redirect(renamed)
    return TemplateResponse(request, "discussions/thread_rename.html", {"thread": thread, "form": form})


@login_required
def thread_move(request: MemberRequest, pk: int) -> HttpResponse:
    thread = thread_for_coordinator(request, pk)
    spaces = Space.objects.visible_to(request.user).in_order().for_readers_of(thread.space).other_than(thread.space)
    is_own = permissions.is_opener(request.user, thread)
    form = MoveForm(sent(request), spaces=spaces, act=Act.MOVE, is_own=is_own)
    loss = ""
    if request.method == "POST" and form.is_valid():
        space = form.cleaned_data["space"]
        loss = form.ask_again(sight.who_loses_it(thread.space, space))
        if not loss:
            try:
                moved = actions.move(by=request.user, thread=thread, **form.cleaned_data)
            except (PermissionDenied, ValidationError) as refusal:
                refused(form, refusal)
            else:
                messages.success(request, _done(request, thread))
                return redirect(moved)
    return TemplateResponse(request, "discussions/thread_move.html", {"thread": thread, "form": form, "loss": loss})


@login_required
def space_anonymous(request: MemberRequest, slug: str) -> HttpResponse:
    """Whether questions may be asked there as “a member”: the other way round than it is now."""
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    if not permissions.may_coordinate(request.user):
        raise Http404
    if request.method == "POST":
        spaces.take_anonymous_questions(by=request.user, space=space, take=request.POST.get("take") == "yes")
        messages.success(request, _("Done."))
        return redirect(space)
    return TemplateResponse(request, "discussions/space_anonymous.html", {"space": space, "form": ""})
