"""What every template may use: addresses that may not exist yet, moments in people's words, page numbers, icons."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import CheckboxInput
from django.template.context import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

register = template.Library()

DEEPEST_INDENT = 5
_CLOCK = "\ue000"  # stands for the hour in words that are made once for a day

# Drawn on a grid of 24 with a line of 2; fill only where the shape asks for it.
ICONS = {
    "umbrella": '<path class="fill" d="M12 2.2C6.2 2.2 2.3 6.4 1.9 12c1.5-1.2 3.3-1.2 5 0 1.7-1.2 3.4-1.2'
    ' 5.1 0 1.7-1.2 3.4-1.2 5.1 0 1.7-1.2 3.5-1.2 5 0C21.7 6.4 17.8 2.2 12 2.2Z"/>'
    '<path d="M12 11.6v7.9a2.25 2.25 0 0 0 4.5 0"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "bell": '<path d="M5 17h14l-2-3v-4a5 5 0 0 0-10 0v4l-2 3Z"/><path d="M10 20h4"/>',
    "person": '<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20.5c.6-4 3.7-6 7.5-6s6.9 2 7.5 6"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="9.5" rx="1.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "leave": '<path d="M10 4H5v16h5"/><path d="M10 12h10"/><path d="m16 8 4 4-4 4"/>',
    "mail": '<rect x="3" y="5.5" width="18" height="13" rx="1.5"/><path d="m3.5 7 8.5 6.5L20.5 7"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1"/>'
    '<path d="M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>',
    "print": '<path d="M7 8V4h10v4"/><path d="M7 17H4V9h16v8h-3"/><path d="M7 14h10v6H7z"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.5l3.5 2"/>',
    "chat": '<path d="M4 5h16v11H11l-5 4v-4H4z"/>',
    "warning": '<path d="M12 4 2.5 20h19L12 4Z"/><path d="M12 10v5M12 17.5v.5"/>',
    "letter": '<path d="M6 3.5h9l4 4v13H6z"/><path d="M9 11h7M9 15h7"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
}


@register.simple_tag
def nav_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of that name; empty while no app offers it, so that the frame of the page never breaks."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.simple_tag
def knowledge_url() -> str:
    """Where Kennis begins: what the pages' app offers, else the home page in this language."""
    return nav_url("cms:knowledge") or f"/{get_language()}/"


@register.simple_tag(takes_context=True)
def current(context: RequestContext, url: str, *also_under: str) -> SafeString | str:
    """The attribute that says "you are here": on this page itself, or under it or under what else is named."""
    path = context["request"].path if context.get("request") else ""
    if not path or not url:
        return ""
    if path == url:
        return format_html(' aria-current="{}"', "page")
    if path.startswith(url) or any(path.startswith(prefix) and path != prefix for prefix in also_under):
        return format_html(' aria-current="{}"', "true")
    return ""


@register.simple_tag
def moment(value: datetime | None, now: datetime | None = None) -> SafeString | str:
    """A moment in the reader's time zone, as exact as a reader wants it: the hour when near, the year when far."""
    if value is None:
        return ""
    local, today = timezone.localtime(value), timezone.localtime(now or timezone.now()).date()
    full, words = _on_day(local.date(), today, get_language() or "nl")
    clock = f"{local:%H:%M}"
    stamp = value.isoformat(timespec="seconds")
    words = words.replace(_CLOCK, clock)
    return mark_safe(f'<time datetime="{stamp}" title="{full}, {clock}">{words}</time>')  # noqa: S308  words of ours


@lru_cache(maxsize=4096)
def _on_day(day: date, today: date, _language: str) -> tuple[str, str]:
    """The day in full, and as near or far as it is on `today`, with a mark where the hour belongs; escaped."""
    days = (today - day).days
    if days == 0:
        words = gettext("today, %(time)s") % {"time": _CLOCK}
    elif days == 1:
        words = gettext("yesterday, %(time)s") % {"time": _CLOCK}
    elif days == -1:
        words = gettext("tomorrow, %(time)s") % {"time": _CLOCK}
    elif day.year == today.year:
        words = f"{formats.date_format(day, pgettext('a short date', 'j M'))}, {_CLOCK}"
    else:
        words = formats.date_format(day, pgettext("a short date", "j M Y"))
    return escape(formats.date_format(day, "j F Y")), escape(words)


@register.simple_tag
def day(value: date | datetime | None, now: datetime | None = None) -> SafeString | str:
    """A day in words; the year only when it isn't this one."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    same_year = on.year == timezone.localtime(now or timezone.now()).year
    words = formats.date_format(on, "j F" if same_year else "j F Y")
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), words)


@register.filter
def indent(depth: int) -> str:
    """The class that draws a post at its place in the tree: `d0` to `d5`, where 5 is also everything deeper."""
    return f"d{min(max(int(depth), 0), DEEPEST_INDENT)}"


@register.simple_tag
def icon(name: str) -> SafeString:
    drawing = mark_safe(ICONS[name])  # noqa: S308  our own shapes, from the table above
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


@register.inclusion_tag("elements/pagination.html", takes_context=True)
def pagination(context: RequestContext, page_obj: Page, param: str = "page") -> dict[str, object]:
    """Links to the pages around this one; what else stands in the address (a search, a facet) stays."""
    query = context["request"].GET.copy() if context.get("request") else None

    def address(number: int) -> str:
        if query is None:
            return f"?{param}={number}"
        query[param] = str(number)
        return f"?{query.urlencode()}"

    paginator = page_obj.paginator
    shown = paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    links = [
        {"number": number, "url": address(number) if isinstance(number, int) else ""}
        for number in (shown if paginator.num_pages > 1 else [])
    ]
    return {
        "page_obj": page_obj,
        "links": links,
        "earlier": address(page_obj.number - 1) if page_obj.has_previous() else "",
        "later": address(page_obj.number + 1) if page_obj.has_next() else "",
    }


@register.filter
def is_checkbox(field: Any) -> bool:
    """One box to tick: its label stands behind it, not above."""
    return isinstance(field.field.widget, CheckboxInput)
