"""For coordinators: the vocabulary of topics, to rename and to join."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.requests import MemberRequest
from experts.actions import topics
from experts.doors import for_coordinators
from experts.forms import TopicJoinForm, TopicRenameForm
from experts.models import Topic
from swexpertise.forms import sent

TOPICS_A_PAGE = 100


@for_coordinators
def topic_list(request: MemberRequest) -> TemplateResponse:
    asked = request.GET.get("q", "")[:100]
    page = Paginator(
        Topic.objects.visible_to(request.user).carried_for(request.user).holding(asked).in_order(), TOPICS_A_PAGE
    )
    context = {"page_obj": page.get_page(request.GET.get("page")), "asked": asked}
    return TemplateResponse(request, "experts/topic_list.html", context)


@for_coordinators
def topic_edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Two forms; joining is asked twice, since it can't be undone."""
    topic = get_object_or_404(Topic.objects.visible_to(request.user).carried_for(request.user), slug=slug)
    joins = "into" in request.POST
    rename_form = TopicRenameForm(None if joins else sent(request), topic=topic)
    join_form = TopicJoinForm(request.POST if joins else None, viewer=request.user)
    if rename_form.is_bound and rename_form.is_valid():
        try:
            renamed = topics.rename(by=request.user, topic=topic, name=rename_form.cleaned_data["name"])
        except ValidationError as refusal:
            rename_form.add_error("name", refusal)
        else:
            messages.success(request, _("Renamed. Old links still arrive."))
            return redirect(renamed)
    into = join_form.cleaned_data["into"] if join_form.is_bound and join_form.is_valid() else None
    if into and request.POST.get("sure") == into.slug:
        try:
            joined = topics.join(by=request.user, topic=topic, into=into)
        except ValidationError as refusal:
            join_form.add_error("into", refusal)
        else:
            messages.success(request, _("They are one topic now. Old links still arrive."))
            return redirect(joined)
    context = {"topic": topic, "rename_form": rename_form, "join_form": join_form, "into": into}
    return TemplateResponse(request, "experts/topic_edit.html", context)
