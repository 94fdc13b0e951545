"""One box over everything a reader may see."""

from django.http import HttpRequest
from django.template.response import TemplateResponse

from search.answers import answer
from search.questions import Question


def results(request: HttpRequest) -> TemplateResponse:
    page = request.GET.get("page", "1")
    found = answer(
        request.user,
        Question.of(request.GET.get("q", "")),
        kind=request.GET.get("kind", ""),
        page=int(page) if page.isdecimal() and len(page) < 5 else 1,
    )
    return TemplateResponse(request, "search/results.html", {"answer": found, "question": found.question})
