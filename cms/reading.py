"""What a page shows besides its own columns. Each thing is asked of its own rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.paginator import Page as PageOfList
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import get_language_info
from wagtail.models import Page

from accounts.audiences import Viewer, is_member
from accounts.models import Preferences
from cms.explaining import Explainer
from cms.models import (
    ArticlePage,
    Change,
    Feature,
    HomePage,
    KnowledgePage,
    NewsPage,
    PageDiscussion,
    ProgrammePage,
    Source,
    Term,
    TopicHubPage,
)
from experts.models import Organisation, Topic

NEWS_ON_A_PAGE = 20
HOME_DEPTH = 2


def frame_of(page: KnowledgePage, request: HttpRequest) -> dict[str, Any]:
    """For every kind of page: its body for this viewer, where it stands, its twin, its sources, its discussion."""
    viewer, language = request.user, page.locale.language_code
    body = page.body_for(viewer)
    twins = _twins_of(page, viewer)
    sources = _sources_of(page, body)
    return {
        "viewer": viewer,
        "body": body,
        "language": language,
        "crumbs": _above(page, viewer),
        "twins": twins,
        "notice": _notice_for(page, twins, request),
        "sources": sources,
        "source_numbers": {source.pk: number for number, (source, _note) in enumerate(sources, 1)},
        "explainer": Explainer(Term.objects.visible_to(viewer).in_language(language)) if body else None,
        "discussion_id": _discussion_of(page, viewer),
        "changes": list(Change.objects.visible_to(viewer).filter(page=page).newest_first())
        if page.has_sources
        else [],
        "is_public": page.is_public() if is_member(viewer) else True,
        "full_url": settings.SITE_URL.rstrip("/") + (page.get_url(request) or ""),
        "contact": settings.CONTACT_EMAIL,
    }


def home_of(page: HomePage, viewer: Viewer) -> dict[str, Any]:
    """What is worth reading: what an editor chose, else the newest articles; then topics and news."""
    language = page.locale.language_code
    chosen = Feature.objects.visible_to(viewer).filter(home=page).select_related("page").order_by("sort_order")
    features = [feature.page for feature in chosen] or list(_articles(viewer, language).published_first()[:3])
    return {
        "features": features,
        "hubs": TopicHubPage.objects.visible_to(viewer).in_language(language).order_by("path"),
        "news": _news(viewer, language)[:3],
    }


def shelves_of(page: KnowledgePage, viewer: Viewer) -> dict[str, Any]:
    """The topics with their articles, and what else stands under the index."""
    hubs = list(TopicHubPage.objects.visible_to(viewer).child_of(page).order_by("path"))
    language = page.locale.language_code
    articles = list(ArticlePage.objects.visible_to(viewer).or_its_counterpart(language, viewer).order_by("path"))
    twins = dict(
        KnowledgePage.objects.visible_to(viewer)
        .filter(translation_key__in={hub.translation_key for hub in hubs})
        .values_list("path", "translation_key")
    )
    under: dict[Any, list[ArticlePage]] = {}
    for article in articles:
        under.setdefault(twins.get(article.path[: -Page.steplen]), []).append(article)
    others = page.children_for(viewer).not_type(TopicHubPage).order_by("path")
    return {"shelves": [(hub, under.get(hub.translation_key, [])) for hub in hubs], "others": others}


def articles_under(hub: TopicHubPage, viewer: Viewer) -> list[ArticlePage]:
    """In the hub's language, and what stands only under its twin, marked as such."""
    twins = KnowledgePage.objects.visible_to(viewer).of_key(hub.translation_key)
    articles = ArticlePage.objects.visible_to(viewer).or_its_counterpart(hub.locale.language_code, viewer)
    return [article for article in articles.published_first() if any(article.is_child_of(place) for place in twins)]


def programmes_under(index: KnowledgePage, viewer: Viewer) -> list[ProgrammePage]:
    return sorted(
        ProgrammePage.objects.visible_to(viewer).child_of(index), key=lambda p: p.starts or "9999", reverse=True
    )


def organisations_of(programme: ProgrammePage, viewer: Viewer) -> list[Organisation]:
    """Who coordinated it, in the order given."""
    known = {o.slug: o for o in Organisation.objects.visible_to(viewer).filter(slug__in=programme.coordination)}
    return [known[slug] for slug in programme.coordination if slug in known]


def news_for(viewer: Viewer, language: str, *, page: str | None) -> PageOfList:
    return Paginator(_news(viewer, language), NEWS_ON_A_PAGE).get_page(page)


def related_to(page: KnowledgePage, viewer: Viewer) -> Iterable[KnowledgePage]:
    """Up to four pages in the same language that share a topic with this one."""
    topics = Topic.objects.visible_to(viewer).filter(tagged_pages__content_object=page)
    pages = KnowledgePage.objects.visible_to(viewer).filter(locale=page.locale_id, tagged__tag__in=topics)
    return pages.exclude(pk=page.pk).distinct().published_first()[:4]


def _above(page: KnowledgePage, viewer: Viewer) -> list[KnowledgePage]:
    """From the home page down to the parent; nothing above a home page or a draft without a place."""
    if page.depth is None or page.depth <= HOME_DEPTH:
        return []
    return list(KnowledgePage.objects.ancestor_of(page).visible_to(viewer).order_by("depth"))


def _articles(viewer: Viewer, language: str) -> Any:
    return ArticlePage.objects.visible_to(viewer).in_language(language)


def _news(viewer: Viewer, language: str) -> Any:
    return NewsPage.objects.visible_to(viewer).or_its_counterpart(language, viewer).order_by("-on", "-pk")


def _twins_of(page: KnowledgePage, viewer: Viewer) -> list[KnowledgePage]:
    if page.pk is None:
        return []
    twins = KnowledgePage.objects.visible_to(viewer).counterparts_of(page)
    return list(twins.select_related("locale"))


def _changes_of(page: KnowledgePage, viewer: Viewer) -> list[Change]:
    if not page.has_sources:
        return []
    return list(Change.objects.visible_to(viewer).filter(page=page).newest_first())


def _discussion_of(page: KnowledgePage, viewer: Viewer) -> int | None:
    """The thread's number, only for whoever may open it."""
    if not page.has_discussion or not is_member(viewer):
        return None
    rows = PageDiscussion.objects.visible_to(viewer).filter(translation_key=page.translation_key)
    return rows.values_list("thread_id", flat=True).first()


def _sources_of(page: KnowledgePage, body: Iterable[Any]) -> list[tuple[Source, str]]:
    """The cited works in their order, then those that only a figure or a table names."""
    citations = page.citations.select_related("source") if page.has_sources else []
    cited = [(citation.source, citation.note) for citation in citations]
    known = {source.pk for source, _note in cited}
    for source in _sources_in(body):
        if source.pk not in known:
            known.add(source.pk)
            cited.append((source, ""))
    return cited


def _sources_in(body: Iterable[Any]) -> Iterable[Source]:
    for block in body:
        value = block.value
        if block.block_type == "reserved":
            yield from _sources_in(value["content"])
        elif block.block_type in ("number", "table") and value["source"]:
            yield value["source"]
        elif block.block_type == "numbers":
            yield from (number["source"] for number in value["numbers"] if number["source"])


def _notice_for(page: KnowledgePage, twins: list[KnowledgePage], request: HttpRequest) -> dict[str, Any] | None:
    """For a reader who chose another language, or whose twin page is further on (K8)."""
    language = page.locale.language_code
    wanted = _chosen_language(request)
    if wanted and wanted != language:
        there = next((twin for twin in twins if twin.locale.language_code == wanted), None)
        return {"kind": "elsewhere" if there else "absent", "twin": there, "wanted": get_language_info(wanted)}
    for twin in twins:
        behind = (
            Change.objects.visible_to(request.user).filter(page=twin, at__gt=page.last_published_at).count()
            if (twin.change_note and page.last_published_at)
            else 0
        )
        if behind:
            return {"kind": "behind", "twin": twin, "count": behind}
    return None


def _chosen_language(request: HttpRequest) -> str | None:
    """A member's own, else the one a visitor once chose here. A browser's list isn't a choice."""
    if is_member(request.user):
        mine = Preferences.objects.visible_to(request.user).first()
        return mine.language if mine else None
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return chosen if chosen in dict(settings.LANGUAGES) else None
