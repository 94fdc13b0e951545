"""For coordinators: the archive of a mailing list, from the file to the threads, and back."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import MemberRequest
from discussions import permissions
from discussions.actions import import_jobs
from discussions.importing.forms import AuthorsForm, HandInForm
from discussions.importing.words import said
from discussions.models import Import, Space
from discussions.models.importing import State
from swexpertise.files.uploads import takes_files
from swexpertise.forms import sent

IMPORTS_A_PAGE = 20
AUTHORS_A_PAGE = 50


def _coordinator(request: MemberRequest) -> None:
    if not permissions.may_coordinate(request.user):
        raise Http404


def _import(request: MemberRequest, pk: int) -> Import:
    return get_object_or_404(Import.objects.visible_to(request.user).select_related("space"), pk=pk)


@login_required
def import_list(request: MemberRequest) -> HttpResponse:
    _coordinator(request)
    batches = Import.objects.visible_to(request.user).newest_first()
    page = Paginator(batches, IMPORTS_A_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "discussions/import_list.html", {"page_obj": page})


def _most(request: HttpRequest) -> int:
    """The form itself refuses in words what is a little too large."""
    may = permissions.may_coordinate(request.user)
    return settings.IMPORT_MOST_BYTES + 1024 * 1024 if may else settings.FORM_MOST_BYTES


@takes_files(most=_most)
@login_required
def import_new(request: MemberRequest) -> HttpResponse:
    _coordinator(request)
    spaces = Space.objects.visible_to(request.user).in_order()
    form = HandInForm(sent(request), request.FILES or None, spaces=spaces)
    if request.method == "POST" and form.is_valid():
        space, file = form.cleaned_data["space"], form.cleaned_data["file"]
        return redirect(import_jobs.hand_in(by=request.user, space=space, file=file, at=timezone.now()))
    return TemplateResponse(request, "discussions/import_new.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_detail(request: MemberRequest, pk: int) -> HttpResponse:
    batch = _import(request, pk)
    page: Page = Paginator(batch.authors, AUTHORS_A_PAGE).get_page(request.GET.get("page"))
    names = import_jobs.names_to_choose(request.user) if batch.state == State.LOOKED else {}
    form = AuthorsForm(sent(request), authors=list(page.object_list), names=names)
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, batch, form)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(batch)
    context = {
        "batch": batch,
        "report": said(batch.report),
        "form": form,
        "page_obj": page,
        "names": names.values(),
    }
    return TemplateResponse(request, "discussions/import_detail.html", context)


def _done(request: MemberRequest, batch: Import, form: AuthorsForm) -> HttpResponse:
    act = request.POST.get("act")
    import_jobs.say_who(by=request.user, batch=batch, handles=form.handles)
    if act == "begin":
        import_jobs.begin(by=request.user, batch=batch)
    else:
        messages.success(request, _("Kept."))
    return redirect(request.get_full_path() if act == "keep" else batch.get_absolute_url())


@login_required
def import_discard(request: MemberRequest, pk: int) -> HttpResponse:
    gone = _("The archive is thrown away.")
    return _asked(request, pk, import_jobs.discard, "discussions/import_discard.html", gone=gone)


@login_required
def import_back(request: MemberRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, import_jobs.ask_back, "discussions/import_back.html")


def _asked(
    request: MemberRequest, pk: int, act: Callable[..., None], template: str, *, gone: str = ""
) -> HttpResponse:
    """A page that asks, and then `act`. With `gone` nothing is left to show: it is said above the list."""
    batch = _import(request, pk)
    if request.method != "POST":
        return TemplateResponse(request, template, {"batch": batch})
    try:
        act(by=request.user, batch=batch)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(batch)
    if not gone:
        return redirect(batch)
    messages.success(request, gone)
    return redirect("discussions:imports")
