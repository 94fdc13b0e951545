"""Organisations and networks, with who belongs to them as far as the viewer may know."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from experts.countries import country_name
from experts.models import Body, Organisation
from experts.showing import faces_by_body, faces_by_organisation


def organisation_list(request: HttpRequest) -> TemplateResponse:
    organisations = Organisation.objects.visible_to(request.user).order_by("name")
    rows = [(organisation, country_name(organisation.country)) for organisation in organisations]
    return TemplateResponse(request, "experts/organisation_list.html", {"rows": rows})


def organisation_detail(request: HttpRequest, slug: str) -> TemplateResponse:
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    seated = faces_by_body(request.user, organisation, today=timezone.localdate())
    bodies = Body.objects.visible_to(request.user).of(organisation)
    context = {
        "organisation": organisation,
        "country": country_name(organisation.country),
        "founded": organisation.founded_words,
        "faces": faces_by_organisation(request.user, organisation),
        "bodies": [(body, seated.get(body.pk, [])) for body in bodies],
        "works_with": Organisation.objects.visible_to(request.user).with_slugs(organisation.related_slugs),
    }
    return TemplateResponse(request, "experts/organisation_detail.html", context)
