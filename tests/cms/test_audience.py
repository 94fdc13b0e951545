"""Who may read a page (K2, K8): the page's own audience, every page above it, and parts of a page."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cms.models import ArticlePage, KnowledgePage, TopicHubPage
from tests.cast import client_of
from tests.cms.conftest import Tree, close, plant

URL = "/nl/kennis/veiligheid/kanarie-nl/"


def everywhere() -> list[str]:
    return ["/nl/", "/nl/kennis/", "/nl/kennis/veiligheid/", "/sitemap.xml", "/feeds/nl.atom"]


def test_a_public_page_is_there_for_a_visitor(tree: Tree, client) -> None:
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "Kanarie nl" in answer.text
    assert all("Kanarie nl" in client.get(url).text for url in everywhere()[1:3])


def test_a_page_for_members_is_absent_for_a_visitor_without_its_title(tree: Tree, client, cas) -> None:
    """K2. The door says 404, not “sign in”, and no list, feed or map names it."""
    close(tree.article, "members")
    answer = client.get(URL)
    assert answer.status_code == 404
    assert "Kanarie nl" not in answer.text
    assert (
        client.get(tree.article.permanent_url, follow=True).redirect_chain == []
        or "Kanarie nl" not in client.get(tree.article.permanent_url, follow=True).text
    )
    for url in everywhere():
        assert "Kanarie nl" not in client.get(url).text, url
        assert "kanarie-nl" not in client.get(url).text, url
    assert client_of(cas).get(URL).status_code == 200


def test_a_page_of_a_circle_is_there_for_the_circle_only(tree: Tree, kerngroep, anna, cas, coordinator) -> None:
    """K2. A role opens no circle."""
    close(tree.article, "circle", circle=kerngroep)
    assert [client_of(who).get(URL).status_code for who in (None, anna, cas, coordinator)] == [404, 200, 404, 404]


def test_a_page_for_coordinators_is_there_for_coordinators_only(tree: Tree, cas, coordinator, suspended) -> None:
    close(tree.article, "coordinators")
    assert [client_of(who).get(URL).status_code for who in (None, cas, coordinator)] == [404, 404, 200]
    assert not KnowledgePage.objects.visible_to(suspended).filter(pk=tree.article.pk).exists()


def test_a_page_is_no_wider_than_the_pages_above_it(tree: Tree, client, cas) -> None:
    """K2. The topic is for members: so is what stands under it."""
    close(tree.hub, "members")
    assert client.get(URL).status_code == 404
    assert "Kanarie nl" not in client.get("/nl/kennis/").text
    assert client_of(cas).get(URL).status_code == 200


def test_a_page_that_is_not_live_is_there_for_nobody(tree: Tree, client, coordinator) -> None:
    """Drafts are seen on the editors' side only."""
    tree.article.unpublish()
    assert client.get(URL).status_code == 404
    assert client_of(coordinator).get(URL).status_code == 404


def test_a_draft_changes_nothing_for_readers_until_it_is_published(tree: Tree, client) -> None:
    draft = tree.article.get_latest_revision_as_object()
    draft.audience, draft.title = "members", "Ongepubliceerd"
    draft.save_revision()
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "Ongepubliceerd" not in answer.text


def test_a_part_for_members_is_absent_from_the_source(tree: Tree, client, cas) -> None:
    """K2. Not hidden: not there. Nor in the words that search, feeds and mail take."""
    reserved = {"audience": "members", "content": [{"type": "text", "value": "<p>Kanariezang</p>"}]}
    body = [{"type": "text", "value": "<p>Open</p>"}, {"type": "reserved", "value": reserved}]
    close(tree.article, "public", body=json.dumps(body))
    assert "Kanariezang" not in client.get(URL).text
    assert "Kanariezang" in client_of(cas).get(URL).text
    page = ArticlePage.objects.get(pk=tree.article.pk)
    assert "Kanariezang" not in page.plain_text(AnonymousUser())
    assert "Kanariezang" in page.plain_text(cas)
    assert "Kanariezang" not in "".join(page.body.stream_block.get_searchable_content(page.body))


def test_an_earlier_address_says_nothing_of_a_page_that_was_closed(tree: Tree, client, cas) -> None:
    """K2, K10. A redirect would say the new title."""
    from wagtail.contrib.redirects.models import Redirect

    Redirect.add_redirect("/nl/oud/", tree.article)
    assert client.get("/nl/oud/").url.endswith(URL)
    close(tree.article, "members")
    assert client.get("/nl/oud/").status_code == 404
    assert client_of(cas).get("/nl/oud/").url.endswith(URL)


def test_a_twin_is_closed_together_with_its_page(tree: Tree, client) -> None:
    """K8. In the same transaction, with its draft and what is scheduled."""
    close(tree.article, "members")
    tree.english.refresh_from_db()
    assert tree.english.audience == "members"
    assert tree.english.get_latest_revision_as_object().audience == "members"
    assert client.get(tree.english.url).status_code == 404


def test_a_twin_that_is_closed_stays_so_when_its_page_is_published(tree: Tree) -> None:
    """K8. Never wider by itself."""
    close(tree.english, "coordinators")
    close(tree.article, "coordinators")
    close(tree.article, "public")
    tree.english.refresh_from_db()
    assert tree.english.audience == "coordinators"


def test_a_twins_draft_stays_a_draft_and_is_closed_too(tree: Tree) -> None:
    """K8."""
    draft = tree.english.get_latest_revision_as_object()
    draft.title = "Second thoughts"
    draft.save_revision()
    close(tree.article, "members")
    tree.english.refresh_from_db()
    assert (tree.english.audience, tree.english.title) == ("members", "Kanarie en")
    later = tree.english.get_latest_revision_as_object()
    assert (later.audience, later.title) == ("members", "Second thoughts")


def test_what_was_planned_for_the_twin_comes_closed(tree: Tree) -> None:
    """K8. Approved while it was public, online after its page was closed."""
    draft = tree.english.get_latest_revision_as_object()
    draft.title, draft.go_live_at = "Planned", timezone.now() + timedelta(hours=1)
    draft.save_revision().publish()
    close(tree.article, "members")
    planned = ArticlePage.objects.get(pk=tree.english.pk).revisions.get(approved_go_live_at__isnull=False)
    planned.content |= {"go_live_at": None}
    planned.publish()
    tree.english.refresh_from_db()
    assert (tree.english.title, tree.english.audience) == ("Planned", "members")


def test_both_are_closed_or_neither(tree: Tree, monkeypatch) -> None:
    """K8. What goes wrong with the twin undoes the page."""

    def fails(**_kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("cms.listeners.record_uses", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        close(tree.article, "members")
    tree.article.refresh_from_db()
    tree.english.refresh_from_db()
    assert (tree.article.audience, tree.english.audience) == ("public", "public")


def test_a_move_takes_along_what_closed_the_page(tree: Tree, client) -> None:
    """K2. Moving never widens in silence."""
    open_hub = plant(tree.shelf, TopicHubPage, "Wetgeving", slug="wetgeving")
    close(tree.hub, "members")
    tree.article.move(open_hub, pos="last-child")
    moved = ArticlePage.objects.get(pk=tree.article.pk)
    assert moved.audience == "members"
    assert client.get("/nl/kennis/wetgeving/kanarie-nl/").status_code == 404


def test_a_move_that_cannot_take_it_along_is_refused(tree: Tree, kerngroep) -> None:
    """K2. For the circle under a page for coordinators: no one audience says that."""
    open_hub = plant(tree.shelf, TopicHubPage, "Wetgeving", slug="wetgeving")
    close(tree.hub, "coordinators")
    close(tree.article, "circle", circle=kerngroep)
    article = ArticlePage.objects.get(pk=tree.article.pk)
    with pytest.raises(PermissionDenied):
        article.move(open_hub, pos="last-child")


def test_a_translation_takes_along_what_closed_the_original(tree: Tree) -> None:
    """K2. The other tree has other pages above it."""
    close(tree.hub, "members")
    tree.english.delete()
    english_hub = TopicHubPage.objects.get(locale__language_code="en")
    TopicHubPage.objects.filter(pk=english_hub.pk).update(audience="public")
    made = ArticlePage.objects.get(pk=tree.article.pk).copy_for_translation(english_hub.locale)
    assert not made.live
    assert ArticlePage.objects.get(pk=made.pk).audience == "members"


def test_a_circle_is_named_exactly_when_it_is_the_audience(tree: Tree, kerngroep) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        KnowledgePage.objects.filter(pk=tree.article.pk).update(audience="circle")
    with pytest.raises(IntegrityError), transaction.atomic():
        KnowledgePage.objects.filter(pk=tree.article.pk).update(circle=kerngroep)


def test_wagtails_own_restrictions_cannot_be_set(tree: Tree, coordinator) -> None:
    """One rule, not two."""
    answer = client_of(coordinator).get(f"/cms/pages/{tree.article.pk}/privacy/")
    assert 'name="restriction_type"' not in answer.text


def test_the_discussion_of_a_page_for_fewer_people_leaves_the_space_of_members(
    tree: Tree, kerngroep, cas, coordinator
) -> None:
    """K2, K10. Its title would say there what the page no longer says; it comes back with the page."""
    tree.article.save_revision(user=coordinator).publish(user=coordinator)
    space = "/discussions/kennis/"
    assert "Kanarie nl" in client_of(cas).get(space).text
    close(tree.article, "circle", circle=kerngroep, by=coordinator)
    assert "Kanarie nl" not in client_of(cas).get(space).text
    close(tree.article, "members", by=coordinator, circle=None)
    english = KnowledgePage.objects.get(pk=tree.english.pk)
    close(english, "members", by=coordinator, circle=None)
    assert "Kanarie nl" in client_of(cas).get(space).text
    close(tree.hub, "coordinators", by=coordinator)
    assert "Kanarie nl" not in client_of(cas).get(space).text
