"""The letters to read, and one of them."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from letters.models import Letter


def letter_list(request: HttpRequest) -> TemplateResponse:
    letters = Letter.objects.visible_to(request.user).with_initiator().newest_first()
    return TemplateResponse(request, "letters/letter_list.html", {"letters": letters})


def letter_detail(request: HttpRequest, slug: str) -> TemplateResponse:
    letter = get_object_or_404(Letter.objects.visible_to(request.user).for_page(), slug=slug)
    return TemplateResponse(request, "letters/letter_detail.html", {"letter": letter})
