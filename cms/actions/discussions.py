"""Opening the discussion of a page (K10)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.audiences import Audience
from accounts.models import User
from cms.models import KnowledgePage, PageDiscussion
from discussions.actions.spaces import open_space
from discussions.actions.threads import MOST_TOPICS, bring_back, open_thread, set_aside
from discussions.models import Space
from discussions.models.thread import Kind
from experts.models import Name

if TYPE_CHECKING:
    from discussions.models import Thread

SPACE = "kennis"


@transaction.atomic
def open_discussion(
    *, by: User, page: KnowledgePage, at: datetime | None = None, is_history: bool = False
) -> Thread | None:
    """One thread for the page in all its languages, opened under the first name of `by`.

    None when there is nothing to open: it has one, this kind of page has none, `by` holds no name, or the page is for
    fewer people than the members, who would read its title in their space.
    """
    if not page.specific_class.has_discussion or _is_for_few(page):
        return None
    name = Name.objects.held_by(by).first()
    if name is None or PageDiscussion.objects.filter(translation_key=page.translation_key).exists():
        return None
    space = Space.objects.filter(slug=SPACE).first()
    if space is None and not by.is_coordinator:
        return None
    with translation.override("nl"):
        space = space or open_space(
            by=by, slug=SPACE, name=_("Knowledge"), purpose=_("Talk about the pages of the knowledge base.")
        )
    with translation.override(page.locale.language_code):
        text = _("This discussion belongs to the page [%(title)s](%(url)s). What is missing, and what do you know?")
    thread = open_thread(
        by=by,
        name=name,
        space=space,
        title=page.title[:200],
        text=text % {"title": page.title.replace("[", "(").replace("]", ")"), "url": page.permanent_url},
        kind=Kind.PAGE,
        topics=list(page.topics.names())[:MOST_TOPICS],
        at=at,
        is_history=is_history,
    )
    PageDiscussion.objects.create(translation_key=page.translation_key, thread=thread)
    return thread


def keep_to_its_readers(*, page: KnowledgePage, at: datetime) -> None:
    """The discussions of `page` and of all pages below it stay in the members' space while members may read the page.

    A page for fewer people would say its title there; its discussion is set aside, and comes back when the page does.
    """
    keys = set(KnowledgePage.objects.descendant_of(page, inclusive=True).values_list("translation_key", flat=True))
    for discussion in PageDiscussion.objects.filter(translation_key__in=keys).select_related("thread"):
        twins = KnowledgePage.objects.filter(translation_key=discussion.translation_key)
        if any(_is_for_few(twin) for twin in twins):
            set_aside(thread=discussion.thread, at=at)
        elif discussion.thread.removed_at is not None:
            bring_back(thread=discussion.thread)


def keep_away(*, thread: Thread, at: datetime) -> None:
    """A coordinator put back a discussion that they removed: not where its page is for fewer people by now."""
    keys = PageDiscussion.objects.filter(thread=thread).values("translation_key")
    if any(_is_for_few(page) for page in KnowledgePage.objects.filter(translation_key__in=keys)):
        set_aside(thread=thread, at=at)


def _is_for_few(page: KnowledgePage) -> bool:
    """By itself or by a page above it: a circle's or the coordinators'."""
    above = KnowledgePage.objects.ancestor_of(page, inclusive=True)
    return above.filter(audience__in=[Audience.CIRCLE, Audience.COORDINATORS]).exists()
