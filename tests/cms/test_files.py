"""Pictures and documents take the audience of what uses them, and are clean before they are kept (K3, K19)."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.models import PdfDocument, Picture
from tests.cast import client_of
from tests.cms.conftest import Tree, close
from tests.harness.files import pdf, photo, plain

PDF = pdf()


@pytest.fixture
def files(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def picture(files: None, db: None) -> Picture:
    file = ContentFile(photo(), name="van-anna.jpg")
    return Picture.objects.create(title="Paraplu", alt_nl="Een rode paraplu", file=file)


@pytest.fixture
def document(files: None, db: None) -> PdfDocument:
    made = PdfDocument(title="Rapport over veiligheid")
    made.file.save("van-anna.pdf", ContentFile(PDF))
    return made


def status(who: object, url: str) -> int:
    answer = client_of(who).get(url)
    answer.getvalue()
    return answer.status_code


def show(tree: Tree, block: dict[str, object], audience: str = "public") -> None:
    close(tree.article, audience, body=json.dumps([block]))


def figure(picture: Picture) -> dict[str, object]:
    return {"type": "figure", "value": {"image": picture.pk, "alt": "", "caption": "Onderschrift", "source": ""}}


def test_a_picture_on_a_public_page_is_there_for_a_visitor(tree: Tree, picture: Picture, client) -> None:
    show(tree, figure(picture))
    page = client.get(tree.article.url)
    url = picture.get_rendition("width-1100").url
    assert url in page.text
    assert "Een rode paraplu" in page.text
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert "private" in answer["Cache-Control"]
    answer.getvalue()


def test_every_size_of_a_picture_on_a_members_page_is_absent_for_a_visitor(tree, picture, client, cas) -> None:
    """K3."""
    show(tree, figure(picture), "members")
    for size in ("width-1100", "width-20", "original"):
        url = picture.get_rendition(size).url
        assert status(None, url) == 404
        assert status(cas, url) == 200


def test_a_picture_in_a_part_for_members_is_absent_for_a_visitor(tree, picture, client, cas) -> None:
    """K2, K3. The page is public, the part is not."""
    show(tree, {"type": "reserved", "value": {"audience": "members", "content": [figure(picture)]}})
    url = picture.get_rendition("width-1100").url
    assert status(None, url) == 404
    assert status(cas, url) == 200


def test_a_picture_that_only_a_draft_shows_is_absent_for_all_but_editors(
    tree, picture, client, cas, coordinator
) -> None:
    """K3. The page is live and public; the picture waits for its next version."""
    draft = tree.article.get_latest_revision_as_object()
    draft.body = json.dumps([figure(picture)])
    draft.save_revision()
    url = picture.get_rendition("width-1100").url
    assert [status(who, url) for who in (None, cas, coordinator)] == [404, 404, 200]


def test_a_document_follows_its_page(tree, document, client, cas) -> None:
    """K3."""
    block = {"type": "document", "value": document.pk}
    show(tree, block)
    answer = client.get(document.url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="rapport-over-veiligheid.pdf"'
    answer.getvalue()
    show(tree, block, "members")
    assert status(None, document.url) == 404
    assert status(cas, document.url) == 200
    tree.article.refresh_from_db()
    tree.article.unpublish()
    assert status(cas, document.url) == 404


def test_files_are_kept_under_random_names_and_have_no_other_address(picture, document, client, tree) -> None:
    """K3."""
    assert "anna" not in picture.file.name + document.file.name
    for url in (f"/media/{picture.file.name}", f"/media/{document.file.name}", f"/documents/{document.pk}/x.pdf"):
        assert client.get(url, follow=True).status_code == 404


def test_an_upload_in_the_cms_is_clean_when_it_is_kept(files, coordinator, tree) -> None:
    """K3. Through the editor's own form."""
    upload = SimpleUploadedFile("bij-anna-thuis.jpg", photo(), content_type="image/jpeg")
    answer = client_of(coordinator).post(
        "/cms/images/add/", {"title": "Foto", "file": upload, "alt_nl": "Een rood vlak", "collection": 1}
    )
    assert answer.status_code == 302, answer.text[:3000]
    (picture,) = Picture.objects.all()
    with picture.file.open("rb") as kept:
        assert b"Kanarie" not in kept.read()
    assert (picture.width, picture.height) == (60, 40)
    assert "anna" not in picture.file.name


def test_a_document_in_the_cms_is_clean_when_it_is_kept(files, coordinator, tree) -> None:
    """K3, S5. Through the editor's own form."""
    upload = SimpleUploadedFile("van-anna.pdf", PDF, content_type="application/pdf")
    answer = client_of(coordinator).post("/cms/documents/add/", {"title": "Rapport", "file": upload, "collection": 1})
    assert answer.status_code == 302, answer.text[:3000]
    with PdfDocument.objects.get().file.open("rb") as kept:
        assert b"anarie" not in plain(kept.read())


def test_a_document_that_is_no_pdf_is_refused(files, coordinator, tree) -> None:
    """K19."""
    upload = SimpleUploadedFile("rapport.pdf", b"<html>", content_type="application/pdf")
    answer = client_of(coordinator).post("/cms/documents/add/", {"title": "Rapport", "file": upload, "collection": 1})
    assert answer.status_code == 200
    assert not PdfDocument.objects.exists()
