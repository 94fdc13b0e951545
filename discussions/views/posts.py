"""One post: the link that always arrives; replying, changing, deleting, bringing back; and what it said before."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import MemberRequest
from discussions import drafting, history, mentions, pages, permissions, quoting
from discussions.actions import posts
from discussions.forms import EditForm, ReplyForm, refused
from discussions.models import Draft, Post, Revision, Thread, ThreadAlias
from discussions.models.draft import Kind, Place
from discussions.moderation_forms import HideForm
from discussions.views.attaching import Attaching
from discussions.views.doors import sign_in_to_find, sign_in_to_write
from discussions.views.writing import preview_of
from discussions.voices import voices_in
from experts.faces import face_of
from swexpertise.forms import sent
from swexpertise.writing import references


@sign_in_to_find
def post_go(request: HttpRequest, pk: int) -> HttpResponse:
    """Whatever page holds it, in the reader's own reading."""
    visible = Post.objects.visible_to(request.user)
    post = get_object_or_404(visible.select_related("thread"), pk=pk)
    reading = pages.chosen_reading(request)
    page = pages.page_number(visible, post, pages.Reading.TREE if reading == pages.Reading.NEW else reading)
    query = f"?page={page}" if page > 1 else ""
    return redirect(f"{post.thread.get_absolute_url()}{query}#{post.anchor}")


@sign_in_to_write
def reply(request: MemberRequest, pk: int) -> HttpResponse:
    """To the post that the address names, in the thread where it stands now; `quote` begins with its text."""
    viewer = request.user
    posts_seen = Post.objects.visible_to(viewer).for_eyes_of(viewer).with_faces()
    aliases = ThreadAlias.objects.visible_to(viewer)
    parent = pages.answered(posts_seen, aliases, pk, request.GET)
    if parent is None:
        raise Http404
    thread = get_object_or_404(Thread.objects.visible_to(viewer).for_page(viewer), pk=parent.thread_id)
    parent.thread = thread
    names = voices_in(viewer, thread)
    quote = quoting.quote(parent) if "quote" in request.GET else ""
    place = Place(Kind.REPLY, parent.pk)
    begun = drafting.begun(request, place, Draft.objects.visible_to(viewer).at(place).first())
    initial = begun.initial(quote=quote, content_note=parent.content_note if quote else "")
    form = ReplyForm(sent(request), names=names, proposed=thread.my_name, initial=initial)
    attaching = Attaching(request, begun)
    preview = ""
    if request.method == "POST" and form.is_valid() and attaching.may_go_on(form):
        if "preview" in request.POST:
            preview = preview_of(form, viewer)
        else:
            try:
                post = posts.reply(
                    by=viewer, thread=thread, parent=parent, attached=attaching.keys, **form.cleaned_data
                )
            except (PermissionDenied, ValidationError) as refusal:
                refused(form, refusal)
            else:
                begun.placed(viewer, form.cleaned_data["text"])
                return redirect(post)
    context = {
        "thread": thread,
        "parent": parent if parent.number > 1 else None,
        "parent_face": face_of(parent.author, viewer),
        "parent_html": mentions.linked(parent.html, {}, references.targets(viewer, parent.html)),
        "may_post": permissions.may_reply_to(viewer, parent) or sent(request) is not None,
        "form": form,
        "begun": begun,
        "attaching": attaching,
        "preview": preview,
    }
    return TemplateResponse(request, "discussions/post_reply.html", context)


@sign_in_to_write
def post_edit(request: MemberRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).live().for_editing(), pk=pk)
    if not permissions.is_author(request.user, post):
        raise Http404
    place = Place(Kind.EDIT, post.pk)
    begun = drafting.begun(request, place, Draft.objects.visible_to(request.user).at(place).first())
    initial = begun.initial(text=post.source, content_note=post.content_note, seen=posts.fingerprint(post))
    form = EditForm(sent(request), initial=initial)
    attaching = Attaching(request, begun, post)
    preview = changed = ""
    if request.method == "POST" and form.is_valid() and attaching.may_go_on(form):
        if "preview" in request.POST:
            preview = preview_of(form, request.user)
        else:
            try:
                posts.edit(
                    by=request.user,
                    post=post,
                    attached=attaching.keys,
                    dropped=attaching.dropped,
                    **form.cleaned_data,
                )
            except (PermissionDenied, ValidationError) as refusal:
                refused(form, refusal)
                if getattr(refusal, "code", "") == "stale":
                    changed = post.source
                    form.look_again(posts.fingerprint(post))
            else:
                begun.placed(request.user, form.cleaned_data["text"])
                messages.success(request, _("Your text is changed."))
                return redirect(post)
    context = {
        "post": post,
        "form": form,
        "preview": preview,
        "changed": changed,
        "begun": begun,
        "attaching": attaching,
    }
    return TemplateResponse(request, "discussions/post_edit.html", context)


@login_required
def post_delete(request: MemberRequest, pk: int) -> HttpResponse:
    visible = Post.objects.visible_to(request.user).for_eyes_of(request.user)
    post = get_object_or_404(visible.live().for_editing(), pk=pk)
    if not permissions.may_delete(request.user, post):
        raise Http404
    is_author = permissions.is_author(request.user, post)
    form = HideForm(sent(request))
    if request.method == "POST" and is_author:
        posts.delete(by=request.user, post=post)
        messages.success(request, _("The text is deleted. For thirty days you can bring it back here."))
        return redirect(post)
    if request.method == "POST" and form.is_valid():
        try:
            posts.delete(by=request.user, post=post, **form.cleaned_data)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("The post is hidden. Its author reads why, without your name."))
            return redirect(post)
    context = {"post": post, "is_author": is_author, "form": "" if is_author else form}
    return TemplateResponse(request, "discussions/post_delete.html", context)


@login_required
@require_POST
def post_restore(request: MemberRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).for_editing(), pk=pk)
    if not permissions.may_restore(request.user, post, now=timezone.now()):
        raise Http404
    try:
        posts.restore(by=request.user, post=post)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(post)


@login_required
def post_history(request: MemberRequest, pk: int) -> HttpResponse:
    """What the post said before, each time with the difference from the text that came after it."""
    visible = Post.objects.visible_to(request.user).for_eyes_of(request.user)
    post = get_object_or_404(visible.live().with_faces().select_related("thread"), pk=pk)
    changes = history.changes(post, Revision.objects.visible_to(request.user).of(post))
    context = {"post": post, "thread": post.thread, "face": face_of(post.author, request.user), "changes": changes}
    return TemplateResponse(request, "discussions/post_history.html", context)
