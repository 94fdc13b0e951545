"""The least that can show the posts of a thread to somebody signed in: what `bench.py` holds the page against. No
rule, no tree, no design; never part of the site."""

from functools import cache
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from discussions.models import Post

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
PAGE = """<!doctype html><title>{{ user.pk }}</title><ol>{% for post in posts %}
<li><h3>{{ post.author.display_name }}</h3><time>{{ post.posted_at }}</time>
<div>{{ post.html|safe }}</div></li>
{% endfor %}</ol>"""
QUERY = """SELECT name.display_name, post.posted_at, post.html FROM discussions_post AS post JOIN experts_name AS name
ON name.id = post.author_id WHERE post.thread_id = %s ORDER BY post.path LIMIT %s"""


@cache
def _page() -> Any:
    """Read once, as a template of a site is."""
    return engines["django"].from_string(PAGE)


def by_django(request: HttpRequest, pk: int, count: int) -> HttpResponse:
    """One query through the models, one small template."""
    posts = Post.objects.filter(thread=pk).select_related("author").order_by("path")[:count]
    return HttpResponse(_page().render({"posts": posts, "user": request.user}))


def by_hand(request: HttpRequest, pk: int, count: int) -> HttpResponse:
    """The same by SQL and joined strings."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [pk, count])
        rows = [f"<li><h3>{name}</h3><time>{at}</time><div>{html}</div></li>" for name, at, html in cursor]
    return HttpResponse(f"<!doctype html><title>{request.user.pk}</title><ol>{''.join(rows)}</ol>")


urlpatterns = [
    path("django/<int:pk>/<int:count>/", by_django),
    path("hand/<int:pk>/<int:count>/", by_hand),
]
