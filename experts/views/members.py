"""For coordinators: who is a member, in which circle, with which role; inviting.

Every name stands in the list alike. What belongs to an account (role, circles, suspension) shows at the name its
holder chose first and is changed there only, so that no two names are seen to move together (P7).
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import circles, invitations, members, roles
from accounts.models import Circle, Invitation
from accounts.permissions import may_give_roles
from accounts.requests import MemberRequest
from experts.doors import for_coordinators
from experts.forms import CircleForm, InviteForm, RoleForm
from experts.membership import account_of, faces_in, membership_of, memberships
from experts.models import Name
from swexpertise.forms import sent


@for_coordinators
def member_list(request: MemberRequest) -> TemplateResponse:
    names = Name.objects.visible_to(request.user).with_holders().order_by("display_name")
    page = Paginator(names, 50).get_page(request.GET.get("page"))
    rows = memberships(page.object_list, request.user)
    return TemplateResponse(request, "experts/member_list.html", {"page": page, "rows": rows})


@for_coordinators
def member_detail(request: MemberRequest, key: str) -> HttpResponse:
    name = get_object_or_404(Name.objects.visible_to(request.user).with_holders(), key=key)
    circle_form = CircleForm(request.POST if "circle" in request.POST else None, viewer=request.user)
    role_form = RoleForm(request.POST if "role" in request.POST else None)
    if request.method == "POST":
        try:
            return _change(request, name, circle_form, role_form)
        except (PermissionDenied, ValidationError) as refusal:
            messages.error(request, getattr(refusal, "message", None) or str(refusal))
            return redirect("experts:member", name.key)
    context = {
        "row": membership_of(name, request.user),
        "circle_form": circle_form,
        "role_form": role_form if may_give_roles(request.user) else None,
    }
    return TemplateResponse(request, "experts/member_detail.html", context)


def _change(request: MemberRequest, name: Name, circle_form: CircleForm, role_form: RoleForm) -> HttpResponse:
    account = account_of(name)
    act = request.POST.get("act", "")
    if act == "suspend":
        members.suspend(by=request.user, user=account)
        messages.success(request, _("%(name)s is suspended and signed out everywhere.") % {"name": name})
    elif act == "restore":
        members.restore(by=request.user, user=account)
        messages.success(request, _("%(name)s may sign in again.") % {"name": name})
    elif act == "role" and role_form.is_valid():
        roles.give_role(by=request.user, user=account, role=role_form.cleaned_data["role"])
        messages.success(request, _("The role of %(name)s has changed.") % {"name": name})
    elif act in ("add", "remove") and circle_form.is_valid():
        {"add": circles.add, "remove": circles.remove}[act](
            by=request.user, circle=circle_form.cleaned_data["circle"], user=account
        )
        messages.success(request, _("The circles of %(name)s have changed.") % {"name": name})
    else:
        messages.error(request, _("Nothing was chosen, so nothing has changed. Choose first, then send it."))
    return redirect("experts:member", name.key)


@for_coordinators
def member_suspend(request: MemberRequest, key: str) -> HttpResponse:
    """Asks first; the button posts to the member's page."""
    name = get_object_or_404(Name.objects.visible_to(request.user).with_holders(), key=key)
    return TemplateResponse(request, "experts/member_suspend.html", {"name": name})


@for_coordinators
def circle_list(request: MemberRequest) -> TemplateResponse:
    rows = [
        (circle, faces_in(circle, request.user)) for circle in Circle.objects.visible_to(request.user).order_by("name")
    ]
    return TemplateResponse(request, "experts/circle_list.html", {"rows": rows})


@for_coordinators
def invitation_list(request: MemberRequest) -> TemplateResponse:
    waiting = Invitation.objects.visible_to(request.user).open(timezone.now()).order_by("-created_at")
    return TemplateResponse(request, "experts/invitation_list.html", {"invitations": waiting})


@for_coordinators
def invite(request: MemberRequest) -> HttpResponse:
    form = InviteForm(sent(request))
    if request.method == "POST" and form.is_valid():
        invitation, _secret = invitations.invite(by=request.user, **form.cleaned_data)
        messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": invitation.email})
        return redirect("experts:invitations")
    return TemplateResponse(request, "experts/invite.html", {"form": form})


@for_coordinators
def invitation_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    waiting = Invitation.objects.visible_to(request.user).open(timezone.now())
    invitation = get_object_or_404(waiting, pk=pk)
    if request.method == "POST":
        invitations.withdraw(by=request.user, invitation=invitation)
        messages.success(request, _("The link doesn't work any more."))
        return redirect("experts:invitations")
    return TemplateResponse(request, "experts/invitation_withdraw.html", {"invitation": invitation})
