"""A portrait is drawn anew from its pixels: nothing of the file that was sent is kept (P9)."""

import io
import secrets
import warnings
from typing import IO

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
SIDE = 512
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}


def clean_portrait(file: IO[bytes]) -> ContentFile[bytes]:
    """A square JPEG of at most 512 pixels with a random name, without metadata or comments.

    Raises ValidationError with words for people when it is no picture, too large, or can't be read.
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValidationError(_("A portrait has at most 5 MB."))
    pixels = ImageOps.fit(_pixels(data), (SIDE, SIDE))
    drawn = Image.new("RGB", pixels.size)
    drawn.paste(pixels)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return ContentFile(out.getvalue(), name=f"{secrets.token_hex(16)}.jpg")


def _pixels(data: bytes) -> Image.Image:
    """Turned upright, on white where it was see-through. Pillow may open only what the first bytes say it is."""
    unreadable = ValidationError(_("This isn't a picture we can read. Choose a JPEG, PNG, WebP or GIF."))
    try:
        form = FORMATS[puremagic.from_string(data, mime=True)]
    except (KeyError, ValueError, puremagic.PureError):
        raise unreadable from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is asked for below
            picture = Image.open(io.BytesIO(data), formats=[form])
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("A portrait has at most 40 million pixels."))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise unreadable from None
    paper = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(paper, upright).convert("RGB")
