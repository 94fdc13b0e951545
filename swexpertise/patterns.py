"""The pattern page: every building block of the design with real sample text, for whoever makes a page."""

from django.http import HttpRequest
from django.template.response import TemplateResponse


def patterns(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "patterns.html")
