"""P9. A portrait is drawn anew and served to those who may see the field."""

import io
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from experts.actions import profiles
from experts.portraits import clean_portrait
from tests.cast import client_of, first_name

SECRET = b"kanarie-52.3676N-4.9041E"


def picture(form="JPEG", size=(640, 480), **more):
    out = io.BytesIO()
    image = Image.new("RGB", size, "teal")
    if form == "JPEG":
        exif = Image.Exif()
        exif[0x010E] = SECRET.decode()
        more = {"exif": exif, "comment": SECRET, **more}
    image.save(out, form, **more)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_nothing_but_pixels_is_kept(form):
    clean = clean_portrait(io.BytesIO(picture(form) + SECRET))
    data = clean.read()
    assert SECRET not in data and b"Exif" not in data
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (512, 512), {})
    assert clean.name != clean_portrait(io.BytesIO(picture(form))).name


def test_a_transparent_and_a_turned_picture_are_drawn_upright_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(clean_portrait(io.BytesIO(out.getvalue()))).getpixel((5, 5)) == (255, 255, 255)


def bomb():
    """A PNG that says to be 30,000 pixels square in a few bytes."""

    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"geen plaatje",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        picture()[:300],
        picture("BMP"),
        picture("TIFF"),
        bomb(),
        b"\xff\xd8\xff" + b"x" * (5 * 1024 * 1024 + 1),
    ],
    ids=["empty", "text", "svg", "torn png", "half a jpeg", "bmp", "tiff", "bomb", "too large"],
)
def test_what_is_no_picture_is_refused_in_words(data):
    """P15."""
    with pytest.raises(ValidationError) as refusal:
        clean_portrait(io.BytesIO(data))
    assert refusal.value.messages


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_it_is_served_to_those_who_may_see_the_field(anna, bram, coordinator, visitor, media, db):
    name = first_name(anna)
    browser = client_of(anna)
    data = profile_data(
        anna, portrait=SimpleUploadedFile("anna-thuis.jpg", picture()), portrait_audience="coordinators"
    )
    answer = browser.post(reverse("experts:profile_edit"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    address = reverse("experts:portrait", args=[name.key])
    served = client_of(coordinator).get(address)
    assert (served.status_code, served["Content-Type"], served["X-Content-Type-Options"]) == (
        200,
        "image/jpeg",
        "nosniff",
    )
    assert served["Cache-Control"] == "no-store" and "ETag" not in served and "Last-Modified" not in served
    assert client_of(bram).get(address).status_code == 404
    assert client_of(visitor).get(address).status_code == 404
    assert "thuis" not in str(list(media.rglob("*")))
    assert address not in client_of(bram).get(reverse("experts:list")).content.decode()


def test_a_portrait_that_is_removed_leaves_the_disk(anna, media, db, django_capture_on_commit_callbacks):
    profile = first_name(anna).profile
    profiles.update(by=anna, profile=profile, portrait=clean_portrait(io.BytesIO(picture())))
    with django_capture_on_commit_callbacks(execute=True):
        profiles.update(by=anna, profile=profile, portrait=None)
    assert not [path for path in media.rglob("*") if path.is_file()]
    assert client_of(anna).get(reverse("experts:portrait", args=[profile.name.key])).status_code == 404


def profile_data(user, **changed):
    """What a browser sends when nothing but `changed` is filled in."""
    form = client_of(user).get(reverse("experts:profile_edit")).context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value not in (None, ""):
            data[bound.name] = value
    return data | changed
