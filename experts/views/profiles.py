"""One's own profile and names."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audiences import Audience
from accounts.requests import MemberRequest
from experts.actions import names, profiles
from experts.forms import NameForm, ProfileForm
from experts.models import Name
from experts.permissions import may_retire
from experts.showing import shown_profile, some_member
from swexpertise.forms import sent


@login_required
def profile_edit(request: MemberRequest, key: str = "") -> HttpResponse:
    """Without a key: the first name's."""
    name = _own_name(request, key)
    form = ProfileForm(sent(request), request.FILES or None, profile=name.profile, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        profiles.update(by=request.user, profile=name.profile, **form.changes())
        messages.success(request, _("Your profile is saved. Look at it as others do."))
        return redirect("experts:profile_preview", name.key, "member")
    return TemplateResponse(request, "experts/profile_edit.html", {"form": form, "name": name})


@login_required
def profile_preview(request: MemberRequest, key: str, seen_by: str) -> TemplateResponse:
    """The page by the same code, for a stand-in viewer: a member without circles or role, or a visitor (P5)."""
    name = _own_name(request, key)
    viewer: Any = {"member": some_member, "visitor": AnonymousUser}[seen_by]()
    context = {
        "name": name,
        "seen_by": seen_by,
        "is_found": Name.objects.visible_to(viewer).contains(name),
        "shown": shown_profile(name, viewer, today=timezone.localdate()),
    }
    return TemplateResponse(request, "experts/profile_preview.html", context)


@login_required
def name_list(request: MemberRequest) -> HttpResponse:
    form = NameForm(sent(request))
    if request.method == "POST" and form.is_valid():
        name = names.create(by=request.user, holder=request.user, **form.cleaned_data)
        messages.success(request, _("From now on you can speak as %(name)s.") % {"name": name})
        return redirect("experts:profile_edit", name.key)
    held = Name.objects.held_by(request.user)
    return TemplateResponse(request, "experts/name_list.html", {"form": form, "names": held})


@login_required
def name_edit(request: MemberRequest, key: str) -> HttpResponse:
    name = _own_name(request, key)
    form = NameForm(sent(request), name=name)
    if request.method == "POST" and form.is_valid():
        names.change(by=request.user, name=name, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("experts:names")
    context = {"form": form, "name": name, "may_retire": may_retire(request.user, name), "public": Audience.PUBLIC}
    return TemplateResponse(request, "experts/name_edit.html", context)


@login_required
def name_retire(request: MemberRequest, key: str) -> HttpResponse:
    name = _own_name(request, key)
    if not may_retire(request.user, name):
        raise Http404
    if request.method == "POST":
        names.retire(by=request.user, name=name)
        messages.success(request, _("Nobody speaks as %(name)s any more.") % {"name": name})
        return redirect("experts:names")
    return TemplateResponse(request, "experts/name_retire.html", {"name": name})


def _own_name(request: MemberRequest, key: str) -> Name:
    held = Name.objects.held_by(request.user).with_faces()
    return get_object_or_404(held, **({"key": key} if key else {"is_first": True}))
