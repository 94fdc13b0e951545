"""What people hand in is written anew: nothing of it tells who, where or when, and it can do nothing."""

from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from swexpertise.files import pdf_worker
from swexpertise.files.pdfs import clean_pdf
from swexpertise.files.pictures import clean_picture
from tests.harness.files import pdf, photo, plain


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_what_a_picture_tells_about_its_maker_is_left_behind(kind: str) -> None:
    """S5, K3, D14. Place, camera, comment, author and XMP."""
    assert b"anarie" in photo(kind)
    clean = clean_picture(ContentFile(photo(kind))).read()
    assert b"anarie" not in clean
    with Image.open(BytesIO(clean)) as image:
        assert (image.format, image.size) == (kind, (60, 40))
        assert not image.getexif()
        assert "comment" not in image.info


def test_a_picture_is_turned_as_its_camera_said() -> None:
    image, exif, stream = Image.new("RGB", (60, 40)), Image.Exif(), BytesIO()
    exif[0x0112] = 6
    image.save(stream, "JPEG", exif=exif)
    with Image.open(clean_picture(ContentFile(stream.getvalue()))) as clean:
        assert clean.size == (40, 60)


def test_a_picture_is_no_longer_than_asked() -> None:
    with Image.open(clean_picture(ContentFile(photo(size=(400, 100))), longest=200)) as clean:
        assert clean.size == (200, 50)


@pytest.mark.parametrize(
    "bad",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xe0 broken", photo()[:200], pdf()],
    ids=["empty", "svg", "broken", "cut off", "pdf"],
)
def test_what_is_no_picture_is_refused_in_words(bad: bytes) -> None:
    """S5, K19."""
    with pytest.raises(ValidationError):
        clean_picture(ContentFile(bad))


def test_a_picture_of_sixty_megapixels_is_refused_before_it_is_unpacked() -> None:
    """S6, K19."""
    stream = BytesIO()
    Image.new("1", (10_000, 6_000)).save(stream, "PNG")
    with pytest.raises(ValidationError, match="40"):
        clean_picture(ContentFile(stream.getvalue()))


def test_what_follows_a_picture_in_its_file_is_left_behind() -> None:
    """S5. A polyglot: a picture that is a web page as well."""
    clean = clean_picture(ContentFile(photo() + b"<script>Kanarie</script>")).read()
    assert b"script" not in clean


def test_what_a_pdf_tells_about_its_makers_is_left_behind() -> None:
    """S5, D14. Document information, XMP, comments and their writers, attachments, scripts, programs' own notes, and
    the EXIF of a photo inside it."""
    dirty = plain(pdf())
    for word in (b"auteur", b"maker", b"script", b"bijlage", b"lezer", b"noot", b"camera", b"beeldxmp", b"programma"):
        assert b"Kanarie" + word in dirty, word
    clean = clean_pdf(ContentFile(pdf("Wat er staat"))).read()
    assert b"anarie" not in plain(clean) and b"javascript" not in plain(clean).lower()
    assert b"Wat er staat" in plain(clean) and b"https://ok.invalid/" in plain(clean)
    with pikepdf.open(BytesIO(clean)) as opened:
        assert "/Info" not in opened.trailer and not opened.attachments
        (picture,) = opened.pages[0].get_images().values()
        assert pikepdf.PdfImage(picture).as_pil_image().size == (60, 40)


def test_earlier_versions_inside_a_pdf_are_left_behind() -> None:
    """S5. What was saved over with an incremental update is still in the file that came."""
    before, updated = pdf("Kanarieversie"), BytesIO()
    with pikepdf.open(BytesIO(before)) as opened:
        opened.pages[0].Contents = opened.make_stream(b"BT ET")
        opened.save(updated)
    mixed = before + updated.getvalue()
    assert b"anarie" not in plain(clean_pdf(ContentFile(mixed)).read())


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "niet te lezen"),
        (b"<html>", "geen pdf"),
        (pdf(password="geheim"), "wachtwoord"),
        (b"%PDF-" + b"\x00" * 1000, "niet te lezen"),
    ],
    ids=["broken", "web page", "locked", "nothing in it"],
)
def test_what_is_no_readable_pdf_is_refused_in_words(bad: bytes, words: str) -> None:
    """S5, K19, D14."""
    with pytest.raises(ValidationError, match=words):
        clean_pdf(ContentFile(bad))


def test_a_pdf_of_a_million_pages_is_refused() -> None:
    """S6. The page tree names one page a million times, in a few bytes."""
    stream = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as opened:
        page = opened.pages[0].obj
        shelf = opened.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Pages, Kids=[page] * 1000, Count=1000, Parent=opened.Root.Pages)
        )
        opened.Root.Pages.Kids, opened.Root.Pages.Count = pikepdf.Array([shelf] * 1000), 1_000_000
        opened.save(stream)
    with pytest.raises(ValidationError):
        clean_pdf(ContentFile(stream.getvalue()))


def test_only_the_telling_parts_of_a_jpeg_in_a_pdf_go() -> None:
    """S5. Pixels are the same to the last; JPEG 2000 loses its boxes of XML and UUID."""
    data = photo()
    with Image.open(BytesIO(data)) as one, Image.open(BytesIO(pdf_worker.bare_jpeg(data))) as other:
        assert one.tobytes() == other.tobytes() and not other.getexif()
    stream = BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "JPEG2000")
    box = (16).to_bytes(4, "big") + b"xml " + b"Kanarie!"
    telling = stream.getvalue() + box
    assert b"Kanarie" not in pdf_worker.bare_jpeg_2000(telling)
    assert pdf_worker.bare_jpeg_2000(telling) == stream.getvalue()
