"""The letters to read, and one of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from letters.models import Letter


def letter_list(request: HttpRequest) -> TemplateResponse:
    letters = Letter.objects.visible_to(request.user).with_initiator().newest_first()
    return TemplateResponse(request, "letters/letter_list.html", {"letters": letters})


def letter_detail(request: HttpRequest, slug: str) -> TemplateResponse:
    letter = get_object_or_404(Letter.objects.visible_to(request.user).for_page(), slug=slug)
    return TemplateResponse(request, "letters/letter_detail.html", {"letter": letter})


def letter_by_number(request: HttpRequest, pk: int) -> HttpResponse:
    """An address that says nothing to whoever may not see the letter."""
    return redirect(get_object_or_404(Letter.objects.visible_to(request.user), pk=pk))
