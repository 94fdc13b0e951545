"""A poll: asking, voting, closing, and what came of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import MemberRequest
from discussions import mentions, permissions, polling
from discussions.actions import polls as actions
from discussions.ballots import OutcomeForm, PollForm, SecretForm, VoteForm
from discussions.forms import refused
from discussions.models import Poll, Thread, Turnout, Vote
from discussions.views.doors import sign_in_to_write
from discussions.voices import voices_in
from experts.faces import face_of
from experts.models import Name
from swexpertise.forms import sent
from swexpertise.writing import references


@sign_in_to_write
def poll_new(request: MemberRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user).for_page(request.user), pk=pk)
    if not permissions.may_post(request.user, thread):
        raise Http404
    names = voices_in(request.user, thread)
    form = PollForm(sent(request), names=names, proposed=thread.my_name)
    if request.method == "POST" and form.is_valid():
        try:
            poll = actions.open_poll(by=request.user, thread=thread, **form.asked())
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            return redirect(poll)
    return TemplateResponse(request, "discussions/poll_new.html", {"thread": thread, "form": form})


@sign_in_to_write
def poll_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """The question, the ballot form as long as it is open, the result as far as it isn't sealed."""
    viewer, now = request.user, timezone.now()
    poll = get_object_or_404(Poll.objects.visible_to(viewer).with_faces().with_turnout(), pk=pk)
    names = list(Name.objects.visible_to(viewer).held_by(viewer))
    has_voted_secretly = poll.is_secret and Turnout.objects.visible_to(viewer).in_poll(poll).exists()
    form = None
    if (permissions.may_vote(viewer, poll, now=now) and not has_voted_secretly) or request.method == "POST":
        form = _ballot(request, poll, names)
        if request.method == "POST" and form.is_valid() and _voted(request, poll, form):
            messages.success(request, _("Your vote is counted."))
            return redirect(poll)
    context = {
        "poll": poll,
        "face": face_of(poll.author, viewer),
        "is_open": poll.is_open(now),
        "form": form,
        "has_voted_secretly": has_voted_secretly,
        "result": polling.result(poll, viewer, now),
        "may_close": permissions.may_close_poll(viewer, poll),
        "outcome_html": mentions.linked(poll.outcome_html, {}, references.targets(viewer, poll.outcome_html)),
        "outcome_face": face_of(poll.outcome_by, viewer),
    }
    return TemplateResponse(request, "discussions/poll_detail.html", context)


def _ballot(request: MemberRequest, poll: Poll, names: list[Name]) -> Form:
    if poll.is_secret:
        return SecretForm(sent(request), poll=poll)
    mine = list(Vote.objects.visible_to(request.user).of(poll).under(names))
    initial: dict[str, Any] = {"reason": mine[0].reason} if mine else {}
    if mine:
        initial["choices"] = [vote.choice for vote in mine] if poll.most_choices > 1 else mine[0].choice
    return VoteForm(
        sent(request),
        poll=poll,
        names=names,
        proposed=mine[0].name_id if mine else _thread_of(request, poll).my_name,
        initial=initial,
    )


def _thread_of(request: MemberRequest, poll: Poll) -> Thread:
    """With the name under which they spoke there last, so that a pseudonym isn't given away by mistake."""
    threads = Thread.objects.visible_to(request.user).select_related("author__veil").with_my_name(request.user)
    return get_object_or_404(threads, pk=poll.thread_id)


def _voted(request: MemberRequest, poll: Poll, form: Form) -> bool:
    given = form.cleaned_data
    try:
        if poll.is_secret:
            actions.cast_secretly(by=request.user, poll=poll, choices=given["choices"])
        else:
            actions.vote(
                by=request.user, name=given["name"], poll=poll, choices=given["choices"], reason=given["reason"]
            )
    except (PermissionDenied, ValidationError) as refusal:
        refused(form, refusal)
        return False
    return True


@login_required
def poll_close(request: MemberRequest, pk: int) -> HttpResponse:
    poll = get_object_or_404(Poll.objects.visible_to(request.user).with_faces(), pk=pk)
    if not permissions.may_close_poll(request.user, poll):
        raise Http404
    if request.method == "POST":
        actions.close(by=request.user, poll=poll)
        return redirect("discussions:poll_outcome", poll.pk)
    return TemplateResponse(request, "discussions/poll_close.html", {"poll": poll, "form": ""})


@sign_in_to_write
def poll_outcome(request: MemberRequest, pk: int) -> HttpResponse:
    poll = get_object_or_404(Poll.objects.visible_to(request.user).with_faces(), pk=pk)
    if not permissions.may_close_poll(request.user, poll):
        raise Http404
    thread = _thread_of(request, poll)
    initial = {"text": poll.outcome_source}
    names = voices_in(request.user, thread)
    form = OutcomeForm(sent(request), names=names, proposed=thread.my_name, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.set_outcome(by=request.user, name=given["name"], poll=poll, text=given["text"])
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            return redirect(poll)
    return TemplateResponse(request, "discussions/poll_outcome.html", {"poll": poll, "form": form})
