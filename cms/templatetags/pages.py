"""What templates of pages may use: dates as exact as they are known, terms explained, words for an audience."""

from datetime import date
from typing import Any

from django import template
from django.template import Engine
from django.template.context import RequestContext
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.rich_text import RichText, expand_db_html

from accounts.audiences import Audience, Viewer
from cms.models import KnowledgePage
from cms.reading import related_to

register = template.Library()


@register.filter
def known_date(value: str) -> SafeString | str:
    """2014-11-27, 2014-11 or 2014 in words: “27 november 2014”, “november 2014”, “2014”."""
    parts = [int(part) for part in value.split("-")] if value else []
    if not parts:
        return ""
    day = date(*[*parts, 1, 1][:3])
    words = formats.date_format(day, {1: "Y", 2: "F Y", 3: "j F Y"}[len(parts)])
    return format_html('<time datetime="{}">{}</time>', value, words)


@register.simple_tag(takes_context=True)
def explain(context: RequestContext, value: RichText) -> SafeString:
    """Rich text with the terms of the glossary explained, each once on a page."""
    html = expand_db_html(value.source)
    explainer = context.get("explainer")
    return explainer.explain(html) if explainer else SafeString(html)


@register.simple_tag(takes_context=True)
def source_number(context: RequestContext, source: Any) -> int | None:
    """The number of a source in the list at the foot of the page."""
    numbers: dict[int, int] = context.get("source_numbers") or {}
    return numbers.get(source.pk) if source else None


@register.simple_tag
def offers(library: str) -> bool:
    """Does that app offer template tags? A page shows what others have, and is whole without."""
    return library in Engine.get_default().template_libraries


@register.filter
def audience_words(value: str) -> str:
    return str(Audience(value).label)


@register.simple_tag
def pages_related_to(page: KnowledgePage, viewer: Viewer) -> Any:
    return related_to(page, viewer)


@register.filter
def in_thousands(value: int | None) -> str:
    """A whole number with the separators of the reader's language."""
    return formats.number_format(value, use_l10n=True, force_grouping=True) if value is not None else ""
