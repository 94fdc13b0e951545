"""Who is called with `@handle`: kept at writing for telling them, made a link at reading for whoever may open it."""

import re
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Viewer
from accounts.models import User
from discussions.models import Mention, Post, Space, Thread
from discussions.models.post import with_voices
from experts.faces import face_of
from experts.models import Name
from experts.models.name import NameQuerySet
from swexpertise.writing import references
from swexpertise.writing.markdown import handles_in

MOST = 50
_LINK = re.compile(r'<a href="([^"]+)" class="ref" data-ref="([a-z0-9:-]+)"[^>]*>[^<]*</a>')
_SPAN = re.compile(r'<span class="mention" data-mention="([a-z0-9-]+)">(@[A-Za-z0-9-]+)</span>')


def check_count(handles: Iterable[str]) -> None:
    count = len(tuple(handles))
    if count > MOST:
        raise ValidationError(
            _("You mention %(count)d people. Mention at most %(most)d in one post."),
            code="too_many_mentions",
            params={"count": count, "most": MOST},
        )


def who_sees(thing: Thread | Space, users: Iterable[User]) -> set[int]:
    """The accounts among `users` that can see `thing`: the forward rule asked for each, in one query."""
    rows = type(thing).objects
    seen = [rows.visible_to(user).filter(pk=thing.pk).order_by().values_list(Value(user.pk)) for user in users]
    if not seen:
        return set()
    first, *others = seen
    return {pk for (pk,) in first.union(*others, all=True)}


def with_handles(names: NameQuerySet, handles: Iterable[str]) -> NameQuerySet:
    """Those of `names` with one of `handles`, given in lower case; found through the index on the lowered handle."""
    return names.alias(low_handle=Lower("handle")).filter(low_handle__in=list(handles))


def people(viewer: Viewer, *, keys: Sequence[int], handles: Sequence[str]) -> NameQuerySet:
    """All names that a page needs, in one query: those with `keys`, those called by `handles`, and the viewer's own.
    `is_seen` says of each whether the viewer may see it; the others appear only as a face that hides them."""
    rule = Q(low_handle__in=handles) | Q(pk__in=keys)
    if viewer.pk:
        rule |= Q(holder=viewer.pk)
    return with_voices(Name.objects.with_sight(viewer).alias(low_handle=Lower("handle")).filter(rule))


def speaking_in(posts: Iterable[Post]) -> list[int]:
    """The keys of whoever speaks in `posts` (fetched for_page) or is answered there."""
    return list({key for post in posts for key in (post.author_id, post.parent_author) if key})


def called(handles: Iterable[str], *, thread: Thread, by: User) -> list[Name]:
    """The names behind `handles` whose holders can see the thread; others are not told and get no row."""
    names = list(with_handles(Name.objects.visible_to(by), handles).select_related("holder"))
    seen = who_sees(thread, {name.holder for name in names if name.holder is not None})
    return [name for name in names if name.holder_id in seen]


def keep(post: Post, handles: tuple[str, ...], *, by: User, is_new: bool = False) -> list[Name]:
    """Makes the rows of `post` match `handles`; returns the names called for the first time."""
    names = called(handles, thread=post.thread, by=by) if handles else []
    before = set() if is_new else set(Mention.objects.filter(post=post).values_list("name_id", flat=True))
    gone = before - {name.pk for name in names}
    if gone:
        Mention.objects.filter(post=post, name__in=gone).delete()
    fresh = [name for name in names if name.pk not in before]
    if fresh:
        Mention.objects.bulk_create([Mention(post=post, name=name) for name in fresh])
    return fresh


def handles_on(*texts: str) -> set[str]:
    """The handles called in stored HTML."""
    return {handle for html in texts for handle in handles_in(html)}


def links_by_handle(names: Iterable[Name], viewer: Viewer) -> dict[str, SafeString]:
    """By handle in lower case, the link that a mention becomes; not of a name that has nothing to open."""
    faces = {name.handle.lower(): face_of(name, viewer) for name in names}
    link = '<a class="mention" href="{}">@{}</a>'
    return {handle: format_html(link, face.url, face.display_name) for handle, face in faces.items() if face.url}


def linked(html: str, links: Mapping[str, str], titles: Mapping[str, str] | None = None) -> SafeString:
    """Stored HTML with a link for each mention that has one in `links`; other mentions stay plain text. A link without
    words gets its title from `titles` (see `references.targets`); what isn't there this reader can't see, and says so.
    A wide table scrolls by itself, with the keyboard too, so that the page never does."""
    titles = titles or {}

    def link(match: re.Match[str]) -> str:
        return links.get(match[1]) or match[2]

    def title(match: re.Match[str]) -> str:
        if match[2] in titles:
            return format_html('<a class="ref" href="{}">{}</a>', mark_safe(match[1]), titles[match[2]])  # noqa: S308  as stored: escaped
        return format_html('<span class="ref">{}</span>', references.unseen(match[2]))

    if 'class="ref"' in html:
        html = _LINK.sub(title, html)
    if "<table>" in html:
        scroll = format_html('<div class="scroll" role="group" aria-label="{}" tabindex="0"><table>', gettext("Table"))
        html = html.replace("<table>", scroll).replace("</table>", "</table></div>")
    if 'class="mention"' in html:
        html = _SPAN.sub(link, html)
    return mark_safe(html)  # noqa: S308  sanitised when stored; what is put in is escaped
