"""The content of the shelf is live in both languages (K1), in few queries."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import TestCase
from django.utils import timezone
from wagtail.models import Site

from cms import shelf
from cms.actions import content
from cms.demo import scene
from cms.models import (
    ArticlePage,
    HomePage,
    KnowledgePage,
    NewsPage,
    PageDiscussion,
    ProgrammePage,
    TopicHubPage,
)
from cms.models.timeline import Event
from cms.permissions import may_enter
from discussions.models import Thread
from discussions.signals import thread_opened
from swexpertise.demo import World
from tests.cast import make_member
from tests.cms.conftest import plant

KINDS = [ArticlePage, NewsPage, ProgrammePage, TopicHubPage, HomePage]


class TestTheShelf(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        content.load()

    def test_everything_is_live_in_both_languages_as_linked_pairs(self) -> None:
        """K1, K8."""
        pages = KnowledgePage.objects.visible_to(AnonymousUser()).select_related("locale")
        languages: dict[object, set[str]] = {}
        for page in pages:
            languages.setdefault(page.translation_key, set()).add(page.locale.language_code)
        assert {frozenset(found) for found in languages.values()} == {frozenset({"nl", "en"})}
        assert len({a.pair for a in shelf.articles()}) == ArticlePage.objects.count() / 2 >= 9
        assert ProgrammePage.objects.count() == 2 * len(shelf.read("programmes"))
        assert NewsPage.objects.count() == 2 * len(shelf.read("pages")["news"])
        assert Event.objects.count() == 2 * len(shelf.read("timeline"))

    def test_every_page_answers(self) -> None:
        """K1."""
        for page in KnowledgePage.objects.live():
            answer = self.client.get(page.url)
            assert answer.status_code == 200, page.url
            assert page.title in answer.text.replace("&#x27;", "'"), page.url
        for url in ("/knowledge/", "/about/", "/privacy/"):
            assert self.client.get(url, follow=True).status_code == 200

    def test_figures_stand_large_with_their_source(self) -> None:
        """K1, K6."""
        page = self.client.get("/nl/kennis/veiligheid/geweld-tegen-sekswerkers/").text
        assert '<figure class="number"><p><b>97 %</b>' in page
        assert "NOS [1]" in page
        programme = self.client.get("/nl/kennis/programmas/hands-off/").text
        for words in ("bijna 70 %", "Zuid-Afrika", "Aidsfonds"):
            assert words in programme, words

    def test_loading_again_makes_nothing_and_leaves_what_editors_did(self) -> None:
        page = ArticlePage.objects.get(slug="geweld-tegen-sekswerkers")
        draft = page.get_latest_revision_as_object()
        draft.title, draft.slug = "Door een redacteur", "anders"
        draft.save_revision().publish()
        assert content.load() == 0
        page.refresh_from_db()
        assert (page.title, page.slug) == ("Door een redacteur", "anders")

    def test_the_welcome_of_wagtail_is_gone(self) -> None:
        site = Site.objects.get()
        assert site.root_page.specific.locale.language_code == "nl"
        assert KnowledgePage.objects.filter(depth=2).count() == 2

    def test_the_timeline_shows_one_kind(self) -> None:
        whole = self.client.get("/nl/kennis/tijdlijn/").text
        laws = self.client.get("/nl/kennis/tijdlijn/?kind=law").text
        assert "NSWP opgericht" in whole
        assert "NSWP opgericht" not in laws
        assert "Bordeelverbod in Nederland opgeheven" in laws
        assert self.client.get("/nl/kennis/tijdlijn/?kind=nonsense").text.count("<li>") == whole.count("<li>")

    def test_the_scene_opens_a_discussion_under_each_page_and_takes_it_away(self) -> None:
        """K10. Nobody is told: it is history."""
        now = timezone.now()
        coordinator = make_member("Dora", email="coordinator@demo.invalid", role="coordinator")
        told: list[bool] = []
        listener = told.append
        thread_opened.connect(lambda is_history, **_more: listener(is_history), weak=False, dispatch_uid="told")
        self.addCleanup(thread_opened.disconnect, dispatch_uid="told")
        scene.play(World(now=now, users={"coordinator": coordinator}))
        pairs = {
            page.translation_key for kind in (ArticlePage, NewsPage, ProgrammePage) for page in kind.objects.all()
        }
        assert PageDiscussion.objects.count() == len(pairs) == len(told)
        assert all(told)
        assert may_enter(coordinator)
        scene.strike(World(now=now))
        assert not Thread.objects.exists()
        assert KnowledgePage.objects.live().exists()

    def test_pages_cost_few_queries_however_much_there_is(self) -> None:
        """Home 12; the same with four times the pages."""
        most = {
            "/nl/": 12,
            "/nl/kennis/veiligheid/geweld-tegen-sekswerkers/": 15,
            "/nl/kennis/": 16,
            "/nl/kennis/veiligheid/": 14,
            "/nl/nieuws/": 13,
            "/nl/kennis/programmas/": 12,
            "/nl/kennis/tijdlijn/": 12,
        }
        before = {url: self._queries(url) for url in most}
        assert all(before[url] <= most[url] for url in most), before
        hub, news = TopicHubPage.objects.get(slug="veiligheid"), KnowledgePage.objects.get(slug="nieuws").specific
        for number in range(30):
            article = plant(hub, ArticlePage, f"Artikel {number}")
            article.topics.add("geweld")
            article.save()
            plant(news, NewsPage, f"Nieuws {number}")
        after = {url: self._queries(url) for url in most}
        assert all(after[url] <= most[url] for url in most), after

    def _queries(self, url: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert self.client.get(url).status_code == 200
        return len(queries)


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_page_keeps_its_blocks_in_migrations(kind: type) -> None:
    """style.md."""
    _name, _path, args, kwargs = kind._meta.get_field("body").deconstruct()
    assert args == [[]]
    assert "block_lookup" not in kwargs
