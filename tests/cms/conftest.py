"""A small tree: a home in each language, each with one shelf, one topic and one article in it, all public."""

from dataclasses import dataclass
from typing import Any

import pytest
from wagtail.models import Locale, Page, Site

from cms.models import ArticlePage, HomePage, KnowledgeIndexPage, KnowledgePage, TopicHubPage


@dataclass
class Tree:
    home: HomePage
    shelf: KnowledgeIndexPage
    hub: TopicHubPage
    article: ArticlePage
    english: ArticlePage


def plant(parent: Page, kind: type[Any], title: str, *, by: Any = None, **fields: Any) -> Any:
    """A live page under `parent`, published by `by`."""
    language = fields.pop("language", None)
    fields["locale"] = Locale.objects.get_or_create(language_code=language)[0] if language else parent.locale
    page = kind(title=title, live=False, **fields)
    parent.add_child(instance=page)
    page.save_revision(user=by).publish(user=by)
    return kind.objects.get(pk=page.pk)


def close(page: KnowledgePage, audience: str, *, by: Any = None, **fields: Any) -> None:
    """An editor publishes the page for fewer people."""
    draft = page.get_latest_revision_as_object()
    draft.audience = audience
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision(user=by).publish(user=by)


@pytest.fixture
def tree(db: None) -> Tree:
    root = Page.get_first_root_node()
    Page.objects.filter(depth=2).delete()
    root.refresh_from_db()
    made: dict[str, tuple[Any, ...]] = {}
    for language in ("nl", "en"):
        twins = [{"translation_key": page.translation_key} for page in made.get("nl", [])] or [{}] * 4
        home = plant(
            root, HomePage, "Huis", language=language, slug=f"home-{language}", sentence="Eén zin.", **twins[0]
        )
        shelf = plant(home, KnowledgeIndexPage, "Kennis", slug="kennis", **twins[1])
        hub = plant(shelf, TopicHubPage, "Veiligheid", slug="veiligheid", **twins[2])
        slug = f"kanarie-{language}"
        article = plant(hub, ArticlePage, f"Kanarie {language}", slug=slug, summary="Samen.", **twins[3])
        made[language] = (home, shelf, hub, article)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"root_page": made["nl"][0], "hostname": "testserver", "port": 80}
    )
    return Tree(*made["nl"], made["en"][3])
