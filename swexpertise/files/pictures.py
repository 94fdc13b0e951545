"""Clean pictures: the pixels copied into a new image, so that place, camera, maker and comments stay behind
(S5, K3, P9, D14)."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import IO

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp"}


def is_picture(data: bytes) -> bool:
    """By its first bytes, whatever its name says."""
    try:
        return puremagic.from_string(data, mime=True) in FORMATS
    except (ValueError, puremagic.PureError):
        return False


def pixels_of(file: IO[bytes]) -> tuple[Image.Image, str]:
    """The picture turned as its EXIF says, and its format. Pillow may open only what the first bytes say it is.

    Raises ValidationError for what isn't a picture of one of the four kinds, is broken, or has more than 40 million
    pixels (asked before the pixels are unpacked).
    """
    file.seek(0)
    data = file.read()
    try:
        form = FORMATS[puremagic.from_string(data, mime=True)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is asked for below
            with Image.open(BytesIO(data), formats=[form]) as source:
                if source.width * source.height > MOST_PIXELS:
                    raise ValidationError(_("This picture has more than 40 million pixels. Make it smaller first."))
                upright = ImageOps.exif_transpose(source) or source
                upright.load()
    except (KeyError, OSError, ValueError, SyntaxError, puremagic.PureError, Image.DecompressionBombError) as broken:
        raise ValidationError(
            _("This isn't a picture we can read. Use a JPEG, PNG, GIF or WebP file that opens elsewhere.")
        ) from broken
    return upright, form


def clean_picture(file: IO[bytes], *, name: str = "picture", longest: int | None = None) -> ContentFile[bytes]:
    """The picture without metadata, in its own format; no side longer than `longest` pixels. Of one that moves, the
    first image. Raises ValidationError as `pixels_of` does."""
    upright, form = pixels_of(file)
    pixels = upright.convert(_mode_for(upright, form))
    if longest:
        pixels.thumbnail((longest, longest))
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    result = BytesIO()
    bare.save(result, format=form, **({"quality": 88} if form in ("JPEG", "WEBP") else {}))
    return ContentFile(result.getvalue(), name=f"{name}{SUFFIXES[form]}")


def _mode_for(image: Image.Image, form: str) -> str:
    """As the picture is when that is plain; else colour, with its see-through parts where the format can hold them."""
    is_clear = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa")
    if form == "JPEG" or not is_clear:
        return "L" if image.mode == "L" else "RGB"
    return "RGBA"
