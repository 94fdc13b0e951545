"""The editors' side: the platform's own sign-in, nothing about people, no request to another host (K17, K18)."""

import re
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from accounts.actions.roles import give_role
from cms.models import Picture
from cms.permissions import may_enter
from tests.cast import client_of
from tests.cms.conftest import Tree, close

PAGES = ["/cms/", "/cms/pages/", "/cms/images/", "/cms/documents/", "/cms/snippets/", "/cms/snippets/cms/source/"]


def test_a_coordinator_comes_in_by_the_platforms_own_sign_in(tree: Tree, client, coordinator) -> None:
    assert client.get("/cms/").url == "/accounts/login/?next=/cms/"
    assert client.get("/cms/login/?next=/cms/pages/").url == "/accounts/login/?next=/cms/pages/"
    for url in PAGES:
        assert client_of(coordinator).get(url, follow=True).status_code == 200, url


def test_a_member_is_refused_and_not_sent_round(tree: Tree, cas) -> None:
    assert [client_of(cas).get(url).status_code for url in PAGES] == [403] * len(PAGES)


def test_a_role_lets_in_and_its_loss_lets_out(tree: Tree, cas) -> None:
    give_role(by=None, user=cas, role="coordinator")
    assert client_of(cas).get("/cms/").status_code == 200
    give_role(by=None, user=cas, role="member")
    assert client_of(cas).get("/cms/").status_code == 403


def test_nothing_of_people_is_reachable(tree: Tree, coordinator, administrator) -> None:
    """K17. Nor are passwords set here."""
    addresses = [
        "users/",
        "users/add/",
        "groups/",
        f"users/{coordinator.pk}/",
        "password_reset/",
        "reports/site-history/",
    ]
    for who in (coordinator, administrator):
        assert [client_of(who).get(f"/cms/{address}").status_code for address in addresses] == [404] * len(addresses)
    page = client_of(coordinator).get("/cms/").text
    assert "/cms/users/" not in page
    assert "/cms/groups/" not in page


def test_editors_know_each_other_by_name_not_by_address(tree: Tree, coordinator, administrator) -> None:
    """K17."""
    close(tree.article, "public", by=coordinator)
    for url in ("/cms/", f"/cms/pages/{tree.article.pk}/history/", f"/cms/pages/{tree.article.pk}/edit/"):
        page = client_of(administrator).get(url).text
        assert coordinator.email not in page, url
    assert "Dora" in client_of(administrator).get(f"/cms/pages/{tree.article.pk}/history/").text


def test_the_cms_asks_nothing_of_another_host(tree: Tree, coordinator) -> None:
    """K18. No picture service, no update check, no address of elsewhere in the first page or an edit page."""
    for url in ("/cms/", f"/cms/pages/{tree.article.pk}/edit/", f"/cms/pages/{tree.article.pk}/history/"):
        answer = client_of(coordinator).get(url)
        assert answer.status_code == 200
        without_links = re.sub(r"<a\b[^>]*>", "", answer.text)
        loaded = re.findall(r"""(?:src|href|action|data-[\w-]*url[\w-]*)=["']((?:https?:)?//[^"']+)""", without_links)
        assert not [address for address in loaded if "invalid" not in address], url
        assert "gravatar" not in answer.text


def test_the_cms_speaks_the_editors_language(tree: Tree, coordinator) -> None:
    coordinator.preferences.language = "en"
    coordinator.preferences.save()
    english = client_of(coordinator).get("/cms/").text
    coordinator.preferences.language = "nl"
    coordinator.preferences.save()
    dutch = client_of(coordinator).get("/cms/").text
    assert 'lang="en' in english
    assert 'lang="nl' in dutch
    assert client_of(coordinator).get("/cms/account/").status_code == 302


def test_an_editor_publishes_from_the_form(tree: Tree, client, coordinator) -> None:
    """The whole way: form, audience, publication, what changed."""
    browser = client_of(coordinator)
    url = f"/cms/pages/{tree.article.pk}/edit/"
    form = browser.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name not in ("body", "topics", "comments")}
    data |= {
        "title": "Een betere titel",
        "topics": "Veiligheid, veiligheid",
        "change_note": "De titel klopt nu.",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "quote",
        "body-0-id": "",
        "body-0-value-text": "Wij horen erbij.",
        "body-0-value-by": "Anna",
        "action-publish": "1",
    }
    for prefix in ("citations", "comments"):
        data |= {
            f"{prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
        }
    answer = browser.post(url, data)
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(tree.article.url).text
    assert "Een betere titel" in page
    assert "Wij horen erbij." in page
    assert "De titel klopt nu." in page


def test_an_editor_sees_thumbnails(tree: Tree, coordinator, tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path
    stream = BytesIO()
    Image.new("RGB", (30, 20)).save(stream, "PNG")
    Picture.objects.create(title="Rood", alt_nl="Rood", file=ContentFile(stream.getvalue(), name="x.png"))
    browser = client_of(coordinator)
    (address,) = re.findall(r"/files/pictures/[^\"]+", browser.get("/cms/images/").text)[:1]
    answer = browser.get(address)
    assert answer.getvalue()
    assert answer.status_code == 200


def test_an_editor_previews_before_publishing(tree: Tree, coordinator) -> None:
    """What nobody else sees yet; nothing of it says that it is public."""
    tree.article.unpublish()
    revision = tree.article.latest_revision
    answer = client_of(coordinator).get(f"/cms/pages/{tree.article.pk}/revisions/{revision.pk}/view/")
    assert answer.status_code == 200
    assert "Kanarie nl" in answer.text
    assert "/share/" not in answer.text


def test_a_draft_can_be_looked_at_by_editors(tree: Tree, coordinator, cas) -> None:
    tree.article.unpublish()
    url = f"/cms/pages/{tree.article.pk}/view_draft/"
    answer = client_of(coordinator).get(url)
    assert answer.status_code == 200
    assert "Kanarie nl" in answer.text
    assert "og:title" not in answer.text
    assert client_of(cas).get(url).status_code == 403


@pytest.mark.parametrize("view", ["edit", "history", "move", "copy", "delete", "view_draft"])
def test_a_member_learns_no_title_from_the_editors_side(tree: Tree, cas, view: str) -> None:
    """K17."""
    close(tree.article, "coordinators")
    answer = client_of(cas).get(f"/cms/pages/{tree.article.pk}/{view}/")
    assert answer.status_code == 403
    assert "Kanarie nl" not in answer.text


def test_who_edits_is_who_coordinates(tree: Tree, cas, coordinator, administrator, suspended) -> None:
    assert [may_enter(who) for who in (cas, coordinator, administrator, suspended)] == [False, True, True, False]
