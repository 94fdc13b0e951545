"""Giving a text back to whoever sent it, when it can't be taken: to copy it, or to send it again (D4)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

View = Callable[..., HttpResponse]
Fields = Iterable[tuple[str, str]]

# The hidden field in which accounts carries a text through sign-in, encrypted.
CARRIED = "carried"
# What a form sends that is new in the next form, or that says what to do with the text.
NOT_CARRIED = {"csrfmiddlewaretoken", "again", "preview"}


def keeps_text(view: View) -> View:
    """Marks a view whose form people write in, and that shows it filled in again when `again` is sent along. What was
    sent to any other view is never given back: it might be a password."""
    view.keeps_text = True  # type: ignore[attr-defined]  # ours
    return view


def is_kept(request: HttpRequest) -> bool:
    return request.resolver_match is not None and getattr(request.resolver_match.func, "keeps_text", False)


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What was filled in, without files."""
    return [(key, value) for key, values in request.POST.lists() for value in values if key not in NOT_CARRIED]


def given_back(request: HttpRequest, why: str, *, status: int = 200) -> HttpResponse:
    """The text that was just sent here; for each `why` text_kept.html has its words."""
    return page(
        request,
        why,
        address=request.get_full_path(),
        fields=fields_of(request),
        files=bool(request.FILES),
        status=status,
    )


def page(
    request: HttpRequest, why: str, *, address: str, fields: Fields, files: bool = False, status: int = 200
) -> HttpResponse:
    """`fields` to be sent to `address` again: the text is shown, or else the longest of them; the others go along."""
    kept = list(fields)
    shown = max(kept, key=lambda field: (field[0] == "text" and field[1] != "", len(field[1])), default=("text", ""))
    context: dict[str, Any] = {
        "why": why,
        "address": address,
        "is_shown": why not in ("carried", "too_late"),
        "goes_on": why not in ("gone", "too_late"),
        "shown": shown,
        "others": [field for field in kept if field is not shown],
        "had_files": files,
    }
    answer = TemplateResponse(request, "text_kept.html", context, status=status).render()
    answer.headers["Cache-Control"] = "no-store"
    return answer
