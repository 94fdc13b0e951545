"""Loading the content of the shelf: every page in both languages, as linked pairs. Safe to repeat.

What is there already stays as its editors left it; only what is missing is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from cms import shelf
from cms.markup import blocks_of, heading, items_of
from cms.models import (
    ArticlePage,
    Citation,
    Event,
    Feature,
    GlossaryPage,
    HomePage,
    KnowledgeIndexPage,
    KnowledgePage,
    NewsIndexPage,
    NewsPage,
    ProgrammeIndexPage,
    ProgrammePage,
    Source,
    StandardPage,
    Term,
    TimelinePage,
    TopicHubPage,
)
from experts.actions import organisations
from letters.actions import letters

LANGUAGES = ("nl", "en")
WRITERS = "SekswerkExpertise"


@transaction.atomic
def load(*, watch: Callable[[Iterable[Any], str], Iterable[Any]] = lambda items, _label: items) -> int:
    """How many pages were made. `watch` may show progress; a page loaded is history, so nobody is told."""
    before = KnowledgePage.objects.count()
    organisations.load()
    letters.load()
    sources = load_sources()
    locales = {language: Locale.objects.get_or_create(language_code=language)[0] for language in LANGUAGES}
    shelves, pages = shelf.read("shelves"), shelf.read("pages")
    for language, locale in locales.items():
        load_home(locale, pages["home"][language])
    _stand_at_the_root()
    for language, locale in locales.items():
        home = HomePage.objects.get(locale=locale, depth=2)
        knowledge = _shelf(KnowledgeIndexPage, home, "knowledge", shelves)
        hubs = {topic["slug"]: _hub(knowledge, topic, language) for topic in shelf.read("topics")}
        articles = [article for article in shelf.articles() if article.language == language]
        for article in watch(articles, f"Articles ({language})"):
            load_article(hubs[article.about["topic"]], article, sources)
        programmes = _shelf(ProgrammeIndexPage, knowledge, "programmes", shelves)
        for programme in watch(shelf.read("programmes"), f"Programmes ({language})"):
            load_programme(programmes, programme, language, sources, shelves["words"])
        load_timeline(knowledge, shelves, language, sources)
        load_glossary(knowledge, shelves, language)
        news = _shelf(NewsIndexPage, home, "news", shelves)
        for item in watch(pages["news"], f"News ({language})"):
            load_news(news, item, language, sources)
        for name in ("about", "accessibility_privacy"):
            load_standard(home, name, pages[name][language])
        load_features(home, shelves["worth_reading"])
    return KnowledgePage.objects.count() - before


def load_sources() -> dict[str, Source]:
    known = {source.key: source for source in Source.objects.all()}
    missing = {key: about for key, about in shelf.read("sources").items() if key not in known}
    made = Source.objects.bulk_create(Source(key=key, **about) for key, about in missing.items())
    return known | {source.key: source for source in made}


def load_home(locale: Locale, about: dict[str, Any]) -> None:
    """Beside Wagtail's own first page, which `_stand_at_the_root` takes away."""
    if HomePage.objects.filter(locale=locale, depth=2).exists():
        return
    home = HomePage(
        title=about["title"], slug=f"home-{locale.language_code}", sentence=about["sentence"], lead=about["lead"]
    )
    home.summary, home.locale, home.translation_key = about["summary"], locale, shelf.key_of("home")
    _publish(Page.get_first_root_node(), home)


def load_article(hub: KnowledgePage, article: shelf.Article, sources: dict[str, Source]) -> None:
    about = article.about
    figures = sources[about["figures_from"]].pk if "figures_from" in about else None
    body = blocks_of(article.text, figures_from=figures)
    _place(
        hub,
        ArticlePage,
        f"article/{article.pair}",
        title=about["title"],
        slug=about["slug"],
        summary=about.get("summary") or _first_sentence(article.text),
        body=body,
        evidence=about["evidence"],
        written_by=WRITERS,
        review_after_months=about.get("review_after_months", 24),
        topics=about["tags"],
        sources=[sources[key] for key in about["sources"]],
    )


def load_programme(
    index: KnowledgePage, about: dict[str, Any], language: str, sources: dict[str, Source], words: dict[str, Any]
) -> None:
    first_source = sources[about["sources"][0]].pk
    _place(
        index,
        ProgrammePage,
        f"programme/{about['slug']}",
        title=about["name"],
        slug=about["slug"],
        summary=(about.get("summary") or about.get("aim") or {}).get(language, ""),
        body=_programme_body(about, language, words, first_source),
        starts=str(about.get("from", "")),
        ends=str(about.get("to", "")),
        countries=about.get("countries", []),
        coordination=about.get("coordination", []) or about.get("members", []),
        partners=(about.get("partners") or {}).get(language, ""),
        funder=(about.get("funder") or {}).get(language, ""),
        topics=[about["slug"], {"nl": "internationaal", "en": "international"}[language]],
        sources=[sources[key] for key in about["sources"]],
    )


def load_timeline(parent: KnowledgePage, shelves: dict[str, Any], language: str, sources: dict[str, Source]) -> None:
    events = [
        Event(on=str(e["date"]), kind=e["kind"], text=e[language], source=sources[e["source"]])
        for e in shelf.read("timeline")
    ]
    _shelf(TimelinePage, parent, "timeline", shelves, events=events)


def load_glossary(parent: KnowledgePage, shelves: dict[str, Any], language: str) -> None:
    terms = [Term(term=t["term"][language], meaning=t[language]) for t in shelf.read("glossary")]
    _shelf(GlossaryPage, parent, "glossary", shelves, terms=terms)


def load_news(index: KnowledgePage, item: dict[str, Any], language: str, sources: dict[str, Source]) -> None:
    about = item[language]
    _place(
        index,
        NewsPage,
        f"news/{item['nl']['slug']}",
        title=about["title"],
        slug=about["slug"],
        summary=about["summary"],
        body=blocks_of(about["body"]),
        on=item["date"],
        sources=[sources[key] for key in item["sources"]],
    )


def load_standard(home: KnowledgePage, name: str, about: dict[str, Any]) -> None:
    text = "\n\n".join(heading(section["heading"]) + section["body"] for section in about["sections"])
    _place(
        home,
        StandardPage,
        name,
        title=about["title"],
        slug=about["slug"],
        summary=about["summary"],
        body=blocks_of(text),
    )


def load_features(home: HomePage, pairs: list[str]) -> None:
    """What is worth reading now, unless an editor chose already."""
    if home.features.exists():
        return
    keys = [shelf.key_of(f"article/{pair}") for pair in pairs]
    pages = {page.translation_key: page for page in KnowledgePage.objects.filter(locale=home.locale_id)}
    home.features.set([Feature(page=pages[key]) for key in keys if key in pages])
    home.save_revision(changed=False).publish()


def _stand_at_the_root() -> None:
    """The one site begins at the Dutch home; its English twin follows from the pair. Wagtail's welcome goes."""
    home = HomePage.objects.get(locale__language_code="nl", depth=2)
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if site.root_page_id != home.pk:
        site.root_page, site.site_name = home, settings.SITE_NAME
        site.hostname, site.port = address.hostname or "localhost", port
        site.save()
    for welcome in Page.objects.filter(depth=2, content_type__app_label="wagtailcore"):
        welcome.delete()


def _shelf(kind: type[Any], parent: KnowledgePage, name: str, shelves: dict[str, Any], **more: Any) -> Any:
    return _place(parent, kind, name, **shelves[name][parent.locale.language_code], **more)


def _hub(parent: KnowledgePage, topic: dict[str, Any], language: str) -> KnowledgePage:
    about = topic[language]
    return _place(
        parent,
        TopicHubPage,
        f"topic/{topic['slug']}",
        title=about["name"],
        slug=about["slug"],
        summary=about["intro"][:400],
        topics=[about["name"].lower()],
    )


def _place(
    parent: KnowledgePage,
    kind: type[Any],
    name: str,
    *,
    topics: Iterable[str] = (),
    sources: Iterable[Source] = (),
    **fields: Any,
) -> Any:
    """The page of that name in the language of `parent`: the one that is there, wherever it stands, or a new one."""
    key = shelf.key_of(name)
    known = kind.objects.filter(translation_key=key, locale=parent.locale_id).first()
    known = known or kind.objects.child_of(parent).filter(slug=fields["slug"]).first()
    if known:
        return known
    page = kind(locale=parent.locale, translation_key=key, **fields)
    page.topics.add(*topics)
    page.citations = [Citation(source=source, sort_order=number) for number, source in enumerate(sources)]
    return _publish(parent, page)


def _publish(parent: Page, page: Any) -> Any:
    page.live = False
    parent.add_child(instance=page)
    page.save_revision(changed=False).publish()
    page.refresh_from_db()
    return page


def _programme_body(about: dict[str, Any], language: str, words: dict[str, Any], source: int) -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = []
    if figures := about.get("figures"):
        numbers = [{"value": f["value"][language], "text": f[language], "source": source} for f in figures]
        body.append({"type": "numbers", "value": {"heading": "", "numbers": items_of(numbers)}})
    if phases := about.get("phases"):
        rows = [[words["phase"][language], words["period"][language], words["budget"][language]]]
        for number, phase in enumerate(phases, 1):
            budget = _euro(phase["budget_eur"], language) if "budget_eur" in phase else "–"
            rows.append([phase.get("name", str(number)), _span(phase), budget])
        table = "\n".join(" | ".join(row) for row in rows)
        body.append({"type": "table", "value": {"caption": "", "rows": table, "source": source}})
    if follows := about.get("follows"):
        text = words["follows"][language] % (follows["name"], _span(follows))
        body.append({"type": "text", "value": f"<p>{text}</p>"})
    return body


def _span(period: dict[str, Any]) -> str:
    return f"{str(period['from'])[:4]}–{str(period['to'])[:4]}"


def _euro(amount: int, language: str) -> str:
    return f"€ {amount:,}".replace(",", ".") if language == "nl" else f"€{amount:,}"


def _first_sentence(text: str) -> str:
    """Of the first paragraph, without marks, for a page whose front matter has no summary."""
    paragraph = " ".join(text.split("\n\n")[0].replace("**", "").split())
    sentence, stop, _rest = paragraph.partition(". ")
    return f"{sentence}{'.' if stop else ''}"[:400]
