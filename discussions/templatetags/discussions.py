"""What pages of other apps may show of discussions: `thread_teaser`, `threads_about`, `newest_threads`. Each asks
the rule for whoever looks. `posts` prints what the page of a discussion asked for."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.safestring import SafeString

from discussions import permissions, rows, teasers
from discussions.models import Thread
from discussions.pages import Line
from discussions.printing import printed_posts
from experts.models import Topic

register = template.Library()


@register.simple_tag(takes_context=True)
def posts(context: RequestContext, lines: list[Line]) -> SafeString:
    """The posts of a page, as its items."""
    viewer = context["request"].user
    return printed_posts(
        lines,
        context["thread"],
        may_coordinate=permissions.may_coordinate(viewer),
        is_signed_in=viewer.is_authenticated,
        csrf_token=str(context["csrf_token"]) if viewer.is_authenticated else "",
        now=timezone.now(),
    )


@register.inclusion_tag("discussions/_thread_teaser.html", takes_context=True)
def thread_teaser(context: RequestContext, thread: Thread | int | None) -> dict[str, Any]:
    """Under an article: how many replies and the last ones for members who see the thread; visitors get a sentence."""
    request = context["request"]
    pk = thread.pk if isinstance(thread, Thread) else thread
    found = teasers.teaser(pk, request.user) if pk else None
    return {
        "request": request,
        "thread": found.thread if found else None,
        "replies": found.replies if found else [],
        "is_visitor": not request.user.is_authenticated,
    }


@register.inclusion_tag("discussions/_thread_rows.html", takes_context=True)
def threads_about(context: RequestContext, topic: Topic, count: int = 5) -> dict[str, Any]:
    """The newest threads with this topic; nothing when the viewer sees none."""
    viewer = context["request"].user
    threads = Thread.objects.visible_to(viewer).about(topic).for_rows(viewer).order_by("-last_post_at", "-pk")
    return {"request": context["request"], "rows": rows.rows_of(threads[:count], viewer)}


@register.inclusion_tag("discussions/_thread_rows.html", takes_context=True)
def newest_threads(context: RequestContext, count: int = 5, only_news: bool = False) -> dict[str, Any]:
    """Where was written last; with `only_news` only where the viewer hasn't read everything."""
    viewer = context["request"].user
    threads = Thread.objects.visible_to(viewer).for_rows(viewer).order_by("-last_post_at", "-pk")
    if only_news:
        threads = threads.exclude(unread=0)  # type: ignore[misc]  # an annotation
    return {"request": context["request"], "rows": rows.rows_of(threads[:count], viewer)}
