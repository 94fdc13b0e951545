"""What a reader meets on a page: evidence, languages, discussion, sharing, machines (K6, K8, K10, K12, K14, K16)."""

import json
from datetime import date

import pytest
from django.utils import translation

from cms.actions.discussions import open_discussion
from cms.explaining import Explainer
from cms.models import ArticlePage, Citation, GlossaryPage, NewsIndexPage, PageDiscussion, Source, Term
from cms.models.article import months_after
from cms.models.source import plain_doi
from discussions.models import Thread
from tests.cast import client_of
from tests.cms.conftest import Tree, close, plant

URL = "/nl/kennis/veiligheid/kanarie-nl/"


@pytest.fixture
def source(db: None) -> Source:
    return Source.objects.create(key="nos", title="Vrijwel alle", publisher="NOS", url="https://nos.invalid/1")


def test_an_article_shows_its_evidence(tree: Tree, client, source) -> None:
    """K6."""
    figure = {"value": "97 %", "text": "maakte geweld mee", "source": source.pk}
    close(
        tree.article,
        "public",
        body=json.dumps([{"type": "number", "value": figure}]),
        evidence="survey",
        written_by="Lantaarn, met de werkgroep",
        reviewed_by="een jurist",
        reviewed_on=date(2026, 10, 3),
        review_after_months=12,
        citations=[Citation(source=source)],
    )
    page = client.get(URL).text
    for words in ("97 %", "NOS [1]", "Lantaarn, met de werkgroep", "een jurist", "2027", 'id="source-1"'):
        assert words in page, words


def test_a_source_that_only_a_figure_names_is_listed_too(tree: Tree, client, source) -> None:
    """K6. Each figure leads to its source."""
    figure = {"value": "97 %", "text": "maakte geweld mee", "source": source.pk}
    close(tree.article, "public", body=json.dumps([{"type": "number", "value": figure}]))
    assert 'id="source-1"' in client.get(URL).text


def test_a_page_past_its_date_says_so(tree: Tree, client) -> None:
    """K7, for readers."""
    assert "notice warn" not in client.get(URL).text
    close(tree.article, "public", reviewed_by="een jurist", reviewed_on=date(2020, 1, 31), review_after_months=1)
    assert ArticlePage.objects.get(pk=tree.article.pk).review_due_on == date(2020, 2, 29)
    assert "notice warn" in client.get(URL).text


def test_months_are_counted_to_the_last_day_of_a_shorter_one() -> None:
    assert months_after(date(2024, 12, 31), 14) == date(2026, 2, 28)


@pytest.mark.parametrize("spelling", ["10.1000/XYZ", "doi: 10.1000/xyz", "https://dx.doi.org/10.1000/xyz"])
def test_three_spellings_of_a_doi_are_one(spelling: str) -> None:
    """K6."""
    assert plain_doi(spelling) == "10.1000/xyz"


def test_what_changed_is_told_once(tree: Tree, client) -> None:
    """K6. A note that stays in the form isn't a second change."""
    close(tree.article, "public", change_note="Het cijfer van aangifte klopt nu.")
    close(tree.article, "public", title="Kanarie, anders")
    page = client.get(URL).text
    assert page.count("Het cijfer van aangifte klopt nu.") == 1


def test_a_page_leads_to_its_twin(tree: Tree, client) -> None:
    """K8."""
    page = client.get(URL).text
    assert f'hreflang="en" href="{tree.english.url}"' in page
    assert 'lang="nl"' in page


def test_a_reader_of_another_language_is_told_what_there_is(tree: Tree, client) -> None:
    """K8. A notice, not a redirect."""
    client.cookies["django_language"] = "en"
    page = client.get(URL).text
    assert page.count(tree.english.url) >= 2
    assert "Kanarie en" in page
    tree.english.unpublish()
    page = client.get(URL).text
    assert "Kanarie en" not in page
    assert tree.english.url not in page


def test_a_page_that_is_absent_in_a_language_stands_in_the_list_with_its_language(tree: Tree, client) -> None:
    """K8."""
    tree.english.unpublish()
    for url in ("/en/kennis/veiligheid/", "/en/kennis/"):
        assert "Kanarie nl" in client.get(url).text
        assert 'hreflang="nl">Kanarie nl</a>' in client.get(url).text


def test_a_page_says_how_far_it_is_behind(tree: Tree, client) -> None:
    """K8."""
    close(tree.english, "public", change_note="A newer figure.")
    page = client.get(URL).text
    assert "notice warn" in page
    assert "Kanarie en" in page


def test_a_permanent_address_leads_to_the_readers_language(tree: Tree, client) -> None:
    """K10. Also after a move and under a new slug."""
    close(tree.article, "public", slug="nieuw-adres")
    assert client.get(tree.article.permanent_url, follow=True).redirect_chain[-1][0].endswith("/nieuw-adres/")
    client.cookies["django_language"] = "en"
    assert client.get(tree.article.permanent_url).url == tree.english.url


def test_a_published_article_has_its_discussion(tree: Tree, client, coordinator, cas) -> None:
    """K10. One for both languages, opened under the publisher's name."""
    close(tree.article, "public", by=coordinator)
    close(tree.english, "public", by=coordinator)
    (discussion,) = PageDiscussion.objects.all()
    assert discussion.translation_key == tree.article.translation_key
    thread = Thread.objects.visible_to(cas).get()
    assert (thread.title, thread.kind, thread.space.slug, str(thread.author)) == (
        "Kanarie nl",
        "page",
        "kennis",
        "Dora",
    )
    assert thread.get_absolute_url() in client_of(cas).get(URL).text
    assert thread.get_absolute_url() in client_of(cas).get(tree.english.url).text
    assert thread.get_absolute_url() not in client.get(URL).text


def test_a_page_keeps_its_discussion_when_it_is_renamed(tree: Tree, coordinator) -> None:
    """K10."""
    close(tree.article, "public", by=coordinator)
    close(tree.article, "public", by=coordinator, title="Anders", slug="anders")
    assert PageDiscussion.objects.count() == 1


def test_a_page_for_few_opens_no_discussion_for_all(tree: Tree, coordinator, kerngroep) -> None:
    """K2, K10. Its title would stand in the members' space."""
    close(tree.hub, "coordinators")
    close(tree.article, "public", by=coordinator)
    assert not Thread.objects.exists()
    close(tree.hub, "members")
    assert open_discussion(by=coordinator, page=ArticlePage.objects.get(pk=tree.article.pk)) is not None


def test_a_term_is_explained_where_it_first_stands(tree: Tree, client) -> None:
    """K12."""
    plant(
        tree.shelf,
        GlossaryPage,
        "Woorden",
        slug="woorden",
        terms=[Term(term="Stigma", meaning="Afkeuring & uitsluiting")],
    )
    text = "<h2>Stigma</h2><p>Over stigma, <a href='https://x.invalid'>stigma</a> en nog eens stigma.</p>"
    close(tree.article, "public", body=json.dumps([{"type": "text", "value": text}]))
    page = client.get(URL).text
    assert page.count("<dfn") == 1
    assert 'title="Afkeuring &amp; uitsluiting">stigma</dfn>' in page
    assert "<h2>Stigma</h2>" in page
    glossary = client.get("/nl/kennis/woorden/").text
    assert 'id="stigma"' in glossary


def test_explaining_leaves_html_whole() -> None:
    explainer = Explainer([Term(term="WRS", meaning='Met "aanhaling"')])
    assert explainer.explain('<p title="WRS">WRS-lid, wrs</p>') == (
        '<p title="WRS">WRS-lid, <dfn class="term" tabindex="0" title="Met &quot;aanhaling&quot;">wrs</dfn></p>'
    )


def test_a_public_page_can_be_passed_on_without_asking_another_host(tree: Tree, client) -> None:
    """K14."""
    page = client.get(URL).text
    assert "mailto:?subject=Kanarie%20nl" in page
    assert "og:title" in page
    share = f"/share/{tree.article.pk}/"
    assert share in page
    assert "https://" not in client.get(share).text.split("<main")[1].split("</main")[0]
    answer = client.get(share, {"server": "Mastodon.nl"}).text
    assert "https://mastodon.nl/share?text=Kanarie" in answer
    assert "https://evil" not in client.get(share, {"server": "evil.invalid/x?"}).text


def test_a_page_that_is_not_public_offers_nothing_public(tree: Tree, client, cas) -> None:
    """K14. No share row, no social card."""
    close(tree.article, "members")
    page = client_of(cas).get(URL).text
    for words in ("og:", "mailto:?", "/share/", "schema.org", "canonical"):
        assert words not in page, words
    assert client_of(cas).get(f"/share/{tree.article.pk}/").status_code == 404


def test_machines_get_what_a_visitor_gets_whoever_asks(tree: Tree, cas) -> None:
    """K16."""
    open_feed = client_of(cas).get("/feeds/nl.atom")
    assert open_feed["Content-Type"].startswith("application/atom+xml")
    assert "Kanarie nl" in open_feed.text
    sitemap = client_of(cas).get("/sitemap.xml").text
    assert f"https://swexpertise.invalid{URL}" in sitemap
    assert f'hreflang="en" href="https://swexpertise.invalid{tree.english.url}"' in sitemap
    close(tree.article, "members")
    assert "Kanarie" not in client_of(cas).get("/feeds/nl.atom").text
    assert "kanarie-nl" not in client_of(cas).get("/sitemap.xml").text
    assert client_of(None).get("/feeds/de.atom").status_code == 404
    assert "Disallow: /discussions/" in client_of(None).get("/robots.txt").text


def test_who_arrives_is_led_on(tree: Tree, client) -> None:
    assert client.get("/").url == "/nl/"
    assert client.get("/", headers={"accept-language": "en-GB,en;q=0.9"}).url == "/en/"
    client.cookies["django_language"] = "nl"
    assert client.get("/", headers={"accept-language": "en"}).url == "/nl/"


def test_what_is_absent_is_absent_and_not_sent_round(tree: Tree, client) -> None:
    for url in ("/nl/niets/", "/niets/", "/p/999999/", "/files/pictures/niets.jpg"):
        assert client.get(url).status_code == 404, url


def test_a_link_in_a_text_says_nothing_of_a_page_that_is_closed(tree: Tree, client) -> None:
    """K2."""
    text = f'<p><a linktype="page" id="{tree.article.pk}">hier</a></p>'
    news = plant(tree.home, NewsIndexPage, "Nieuws", slug="nieuws", body=json.dumps([{"type": "text", "value": text}]))
    close(tree.article, "members")
    assert "kanarie-nl" not in client.get(news.url).text
    assert client.get(f"/p/{tree.article.pk}/").status_code == 404


def test_dates_are_as_exact_as_they_are_known() -> None:
    from cms.templatetags.pages import known_date

    with translation.override("nl"):
        words = [known_date(value) for value in ("2014-11-27", "2014-11", "2014", "")]
    assert [word.split(">")[-2].split("<")[0] if word else "" for word in words] == [
        "27 november 2014",
        "november 2014",
        "2014",
        "",
    ]
