"""Finding experts, one expert, one portrait."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from experts import directory
from experts.models import Name, Topic, TopicAlias
from experts.permissions import may_edit
from experts.showing import shown_profile


def expert_list(request: HttpRequest) -> TemplateResponse:
    asked = directory.Question.of(request.GET).with_topics_of_today(TopicAlias.objects.visible_to(request.user))
    question, found = directory.answer(request.user, asked)
    page = Paginator(found.select_related("profile"), directory.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "question": question,
        "page": page,
        "cards": directory.cards(request.user, question, page.object_list),
        "facets": directory.facets(request.user, question, found),
    }
    return TemplateResponse(request, "experts/expert_list.html", context)


def expert_detail(request: HttpRequest, key: str) -> TemplateResponse:
    name = get_object_or_404(Name.objects.visible_to(request.user).with_faces(), key=key)
    context = {
        "shown": shown_profile(name, request.user, today=timezone.localdate()),
        "may_edit": may_edit(request.user, name),
    }
    return TemplateResponse(request, "experts/expert_detail.html", context)


def portrait(request: HttpRequest, key: str) -> HttpResponse:
    """The picture, to whoever may see the field (P9). Never kept by a browser or a proxy."""
    name = get_object_or_404(Name.objects.visible_to(request.user).with_faces(), key=key)
    profile = getattr(name, "profile", None)
    if profile is None or not profile.portrait or not profile.shows("portrait", request.user):
        raise Http404
    with profile.portrait.open() as file:
        response = HttpResponse(file.read(), content_type="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Topic.objects.visible_to(request.user).at(slug))
    if found.slug != slug:
        return redirect(found, permanent=True)
    return TemplateResponse(request, "experts/topic_detail.html", {"topic": found})
