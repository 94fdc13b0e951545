"""A thread to read, a new one to open, and what its readers keep of it: where they are, where we stand, its topics."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.audiences import Viewer
from accounts.requests import MemberRequest
from discussions import drafting, mentions, pages, permissions, polling, questions
from discussions.actions import reading as reading_actions
from discussions.actions import threads as actions
from discussions.forms import ReplyForm, StandForm, ThreadForm, TopicsForm, refused
from discussions.models import Draft, Post, Space, Thread, Tidying
from discussions.models.draft import Kind, Place, from_row
from discussions.views.attaching import Attaching
from discussions.views.doors import follow_merged, sign_in_to_find, sign_in_to_write
from discussions.views.writing import preview_of
from discussions.voices import voices_in
from experts.faces import face_of
from experts.models import Name
from swexpertise.forms import sent
from swexpertise.writing import references


@sign_in_to_find
@follow_merged
def thread_detail(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    viewer = request.user
    thread = next(iter(questions.thread_of_page(viewer, pk=pk)), None)
    if thread is None:
        raise Http404
    if slug != thread.slug:
        query = request.GET.urlencode()
        return redirect(f"{thread.get_absolute_url()}{'?' if query else ''}{query}", permanent=True)
    reading = pages.chosen_reading(request)
    if reading == pages.Reading.NEW:
        page = None
        posts = Post.objects.visible_to(viewer).for_eyes_of(viewer)
        shown = list(pages.unread_of(posts, thread).for_page().in_time()[: pages.SIZE])
    else:
        page = pages.page_of(viewer, thread, reading, request.GET.get("page"))
        shown = list(page.object_list)
    handles = list(mentions.handles_on(thread.stand_html, *(post.html for post in shown)))
    keys = mentions.speaking_in(shown)
    people = {name.pk: name for name in questions.people(viewer, keys=keys, handles=handles)}
    names = [name for name in people.values() if name.is_seen]
    titles = references.targets(viewer, thread.stand_html, *(post.html for post in shown))
    now = timezone.now()
    tallies = pages.tallies_of(shown, viewer) if viewer.is_authenticated else {}
    lines = pages.lines_of(shown, thread, viewer, people, now, tallies, titles)
    new = [line.number for line in lines if line.is_new]
    begun = drafting.begun(request, Place(Kind.REPLY, thread.opening), from_row(thread.my_draft))
    context = {
        "thread": thread,
        "face": face_of(thread.author, viewer),
        "stand_face": face_of(thread.stand_by, viewer),
        "stand_html": mentions.linked(thread.stand_html, mentions.links_by_handle(names, viewer), titles),
        "answer": thread.answer if thread.answer and thread.answer.deleted_at is None else None,
        "answer_face": face_of(thread.answer.author if thread.answer else None, viewer),
        "polls": polling.cards(thread, now) if viewer.is_authenticated else [],
        "reading": reading,
        "readings": pages.Reading,
        "page_obj": page,
        "lines": lines,
        "first_new": next((f"#{line.anchor}" for line in lines if line.is_new), "")
        or reverse("discussions:first_new", args=[thread.pk]),
        "left_unread": thread.unread - len(new),
        "form": ReplyForm(names=voices_in(viewer, thread, names), proposed=thread.my_name, initial=begun.initial()),
        "begun": begun,
        "may_post": permissions.may_post(viewer, thread),
        "may_summarise": permissions.may_summarise(viewer, thread),
        "may_coordinate": permissions.may_coordinate(viewer),
        "tidying": _undoable(viewer, thread, now),
        "may_set_topics": permissions.may_set_topics(viewer, thread),
    }
    if (
        new
        and viewer.is_authenticated
        and request.method == "GET"
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
    ):
        reading_actions.mark_read(by=viewer, thread=thread, numbers=new)
    return TemplateResponse(request, "discussions/thread_detail.html", context)


def _undoable(viewer: Viewer, thread: Thread, now: datetime) -> Tidying | None:
    """Asked only where a coordinator may find something: nobody else pays a query."""
    if not thread.arranged or not permissions.may_coordinate(viewer):
        return None
    return Tidying.objects.visible_to(viewer).undoable(now).latest_of(thread)


@login_required
@follow_merged
def first_new(request: MemberRequest, pk: int) -> HttpResponse:
    """To the first post I haven't read, on the page that holds it; without one, to the last."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user).with_unread(request.user), pk=pk)
    reading = pages.chosen_reading(request)
    posts = Post.objects.visible_to(request.user)
    post = pages.first_new(posts, thread, reading) or get_object_or_404(posts.of(thread), number=thread.last_number)
    page = pages.page_number(posts, post, reading)
    return redirect(f"{thread.get_absolute_url()}?page={page}#{post.anchor}")


@login_required
@require_POST
@follow_merged
def thread_read(request: MemberRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    reading_actions.mark_all_read(by=request.user, thread=thread)
    messages.success(request, _("Everything in this discussion counts as read."))
    return redirect(thread)


@sign_in_to_write
def thread_new(request: MemberRequest, slug: str) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    names = list(Name.objects.visible_to(request.user).held_by(request.user))
    may_hide = permissions.may_ask_as_a_member(request.user, space)
    place = Place(Kind.THREAD, space.pk)
    begun = drafting.begun(request, place, Draft.objects.visible_to(request.user).at(place).first())
    form = ThreadForm(sent(request), names=names, may_hide=may_hide, initial=begun.initial())
    attaching = Attaching(request, begun)
    preview = ""
    if request.method == "POST" and form.is_valid() and attaching.may_go_on(form):
        if "preview" in request.POST:
            preview = preview_of(form, request.user)
        else:
            try:
                thread = actions.open_thread(
                    by=request.user, space=space, attached=attaching.keys, **form.cleaned_data
                )
            except (PermissionDenied, ValidationError) as refusal:
                refused(form, refusal)
            else:
                begun.placed(request.user, form.cleaned_data["text"])
                return redirect(thread)
    context = {"space": space, "form": form, "preview": preview, "begun": begun, "attaching": attaching}
    return TemplateResponse(request, "discussions/thread_new.html", context)


@follow_merged
@sign_in_to_write
def stand_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """ "Where we stand": in the words of one member, for everybody who comes later."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user).for_page(request.user), pk=pk)
    names = voices_in(request.user, thread)
    place = Place(Kind.STAND, thread.pk)
    begun = drafting.begun(request, place, Draft.objects.visible_to(request.user).at(place).first())
    initial = begun.initial(text=thread.stand_source)
    form = StandForm(sent(request), names=names, proposed=thread.my_name, initial=initial)
    preview = ""
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            preview = preview_of(form, request.user)
        elif _set_stand(request, thread, form):
            begun.placed(request.user, form.cleaned_data["text"])
            messages.success(request, _("The summary stands at the top now."))
            return redirect(thread)
    context = {"thread": thread, "form": form, "preview": preview, "begun": begun}
    return TemplateResponse(request, "discussions/stand_edit.html", context)


def _set_stand(request: MemberRequest, thread: Thread, form: StandForm) -> bool:
    words = {"name": form.cleaned_data["name"], "text": form.cleaned_data["text"]}
    try:
        actions.set_stand(by=request.user, thread=thread, **words)
    except (PermissionDenied, ValidationError) as refusal:
        refused(form, refusal)
        return False
    return True


@login_required
@follow_merged
def topics_edit(request: MemberRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user).for_page(request.user), pk=pk)
    initial = {"topics": ", ".join(topic["name"] for topic in thread.topic_list)}
    form = TopicsForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_topics(by=request.user, thread=thread, topics=form.cleaned_data["topics"])
        except (PermissionDenied, ValidationError) as refusal:
            refused(form, refusal)
        else:
            return redirect(thread)
    return TemplateResponse(request, "discussions/topics_edit.html", {"thread": thread, "form": form})
