"""Links to spaces, to discussions and to single posts, titled for whoever may see them (D3)."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.audiences import Viewer
from discussions.models import Post, Space, Thread, ThreadAlias
from swexpertise.writing.references import Kind, Rows, register, row


def _spaces(viewer: Viewer, keys: Collection[str]) -> Rows:
    return row(Space.objects.visible_to(viewer).filter(pk__in=keys), "space", title="name")


def _spaces_named(viewer: Viewer, words: str) -> Rows:
    found = Space.objects.visible_to(viewer).filter(name__icontains=words)
    return row(found, "space", title="name").order_by("position", "name")


def _spaces_at(viewer: Viewer, paths: Collection[str]) -> Mapping[str, str]:
    slugs = {path: path.strip("/").partition("/")[2] for path in paths}
    known = dict(Space.objects.visible_to(viewer).filter(slug__in=slugs.values()).values_list("slug", "pk"))
    return {path: str(known[slug]) for path, slug in slugs.items() if slug in known}


def _threads(viewer: Viewer, keys: Collection[str]) -> Rows:
    """A merged one is called as the one in which its posts stand now."""
    went = ThreadAlias.objects.visible_to(viewer).filter(thread__pk__in=keys)
    there = row(went, "thread", key="thread_id", title="post__thread__title")
    return row(Thread.objects.visible_to(viewer).filter(pk__in=keys), "thread").union(there, all=True)


def _threads_titled(viewer: Viewer, words: str) -> Rows:
    found = Thread.objects.visible_to(viewer).filter(title__icontains=words)
    return row(found, "thread").order_by("-last_post_at", "-pk")


def _posts(viewer: Viewer, keys: Collection[str]) -> Rows:
    return row(Post.objects.visible_to(viewer).filter(pk__in=keys), "post", title="thread__title")


register(
    Kind(
        name="space",
        address="/discussions/s/{}/",
        path=r"/discussions/(?:s/(?P<key>[0-9]{1,18})|(?![st]/)[a-zA-Z0-9_-]+)/?",
        rows=_spaces,
        found=_spaces_named,
        keys=_spaces_at,
        noun=_("space"),
        unseen=_("a space that you can't see"),
    )
)
register(
    Kind(
        name="thread",
        address="/discussions/t/{}/",
        path=r"/discussions/t/(?P<key>[0-9]{1,18})(?:/(?:[\w%-]+/?)?)?",
        tail=r"(?:\?page=[0-9]{1,6})?(?:\#p[0-9]{1,9}|\#post-[0-9]{1,18})?",
        rows=_threads,
        found=_threads_titled,
        noun=_("discussion"),
        unseen=_("a discussion that you can't see"),
    )
)
register(
    Kind(
        name="post",
        address="/discussions/posts/{}/",
        path=r"/discussions/posts/(?P<key>[0-9]{1,18})/?",
        rows=_posts,
        noun=_("post"),
        label=_("a post in “%(title)s”"),
        unseen=_("a post that you can't see"),
    )
)
