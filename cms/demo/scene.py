"""The knowledge base of the demo: the real content, editors let in, a discussion under each page."""

from __future__ import annotations

from cms.actions import content, editors
from cms.actions.discussions import SPACE, open_discussion
from cms.models import KnowledgePage
from discussions.models import Space, Thread
from experts.models import Name
from swexpertise.demo import World


def play(world: World) -> None:
    content.load(watch=world.bar)
    for user in world.users.values():
        if user.is_coordinator:
            editors.admit(user=user)
    by = world.users.get("coordinator")
    if by is None:
        return
    pages = [
        page.specific for page in KnowledgePage.objects.in_language("nl").live() if page.specific_class.has_discussion
    ]
    for page in world.bar(pages, "Discussions of pages"):
        open_discussion(by=by, page=page, at=world.now, is_history=True)


def strike(world: World) -> None:
    """The discussions go with the people who opened them; the pages are real and stay."""
    invented = Name.objects.filter(holder__email__endswith="@demo.invalid")
    Thread.objects.filter(about_page__isnull=False, author__in=invented).delete()
    Space.objects.filter(slug=SPACE, threads=None).delete()
