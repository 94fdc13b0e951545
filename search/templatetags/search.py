"""Addresses of further pages of results."""

from django import template
from django.http import QueryDict

register = template.Library()


@register.simple_tag
def querystring_of(asked: str, kind: str = "", page: int = 1) -> str:
    """The query string that asks this: words, kind and page, each left out where it says nothing."""
    query = QueryDict(mutable=True)
    query["q"] = asked
    if kind:
        query["kind"] = kind
    if page > 1:
        query["page"] = str(page)
    return query.urlencode()
