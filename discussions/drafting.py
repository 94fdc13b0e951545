"""Drafts beside forms and in a list: what a form begins with; each draft, with as much of its place as may be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.audiences import Viewer
from accounts.models import User
from discussions import permissions
from discussions.actions import drafts
from discussions.models import Draft, Post, Space, Thread
from discussions.models.draft import Kind, Place

# Of what a form sends, what isn't written by anybody.
NOT_WRITTEN = {"csrfmiddlewaretoken", "place", "draft", "text", "form_key", "openly", "again", "preview", "next"}


@dataclass(frozen=True, slots=True)
class Begun:
    """What stands beside a form: where its text belongs and which draft it began with."""

    place: Place
    draft: Draft | None
    stamp: str
    is_sent: bool

    def initial(self, quote: str = "", **otherwise: Any) -> dict[str, Any]:
        """What the form opens with: the draft, else what it would show anyway. A quotation comes under a draft."""
        if self.draft is None:
            return otherwise | ({"text": quote} if quote else {})
        text = self.draft.text
        if quote and quote.strip() not in text:
            text = f"{text.rstrip()}\n\n{quote}"
        return otherwise | self.draft.filled | {"text": text}

    def placed(self, by: User, text: str) -> None:
        drafts.let_go(by=by, place=self.place, text=text, stamp=self.stamp)


def begun(request: HttpRequest, place: Place, draft: Draft | None) -> Begun:
    """A form that comes back keeps the stamp it began with, so that another window's draft isn't replaced unseen."""
    if "place" in request.POST:
        return Begun(place, draft, request.POST.get("draft", ""), is_sent=True)
    return Begun(place, draft, draft.stamp if draft else "", is_sent=bool(request.POST))


def filled_in(sent: QueryDict) -> dict[str, Any]:
    """The fields of a form beside its text, as written; those with several values as lists."""
    return {key: values[0] if len(values) == 1 else values for key, values in sent.lists() if key not in NOT_WRITTEN}


@dataclass(frozen=True, slots=True)
class Row:
    """A draft for its author. `about` and `url` are empty when the place is gone, or isn't theirs to see any more."""

    draft: Draft
    about: str
    space: str
    url: str
    may_write: bool


def rows_of(found: Iterable[Draft], viewer: Viewer) -> list[Row]:
    """Asks for the places in three queries, however many there are; each through its own rule."""
    found = list(found)
    posts = Post.objects.visible_to(viewer).for_editing().in_bulk([d.post_id for d in found if d.post_id])
    threads = Thread.objects.visible_to(viewer).select_related("space")
    by_thread = threads.in_bulk([d.thread_id for d in found if d.thread_id])
    spaces = Space.objects.visible_to(viewer).in_bulk([d.space_id for d in found if d.space_id])
    return [_row(draft, posts, by_thread, spaces, viewer) for draft in found]


def _row(
    draft: Draft,
    posts: Mapping[int, Post],
    threads: Mapping[int, Thread],
    spaces: Mapping[int, Space],
    viewer: Viewer,
) -> Row:
    post, thread, space = (
        posts.get(draft.post_id or 0),
        threads.get(draft.thread_id or 0),
        spaces.get(draft.space_id or 0),
    )
    if space:
        url = reverse("discussions:thread_new", args=[space.slug])
        return Row(draft, "", space.name, url, permissions.may_open_thread(viewer, space))
    if thread:
        url = reverse("discussions:stand_edit", args=[thread.pk])
        return Row(draft, thread.title, thread.space.name, url, permissions.may_summarise(viewer, thread))
    if post and draft.kind == Kind.EDIT:
        url = reverse("discussions:post_edit", args=[post.pk])
        return Row(draft, post.thread.title, post.thread.space.name, url, permissions.may_edit(viewer, post))
    if post:
        url = f"{reverse('discussions:reply', args=[post.thread_id])}?post={post.pk}"
        return Row(draft, post.thread.title, post.thread.space.name, url, permissions.may_reply_to(viewer, post))
    return Row(draft, "", "", "", False)
