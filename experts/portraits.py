"""A portrait is drawn anew from its pixels: nothing of the file that was sent is kept (P9)."""

from __future__ import annotations

import io
import secrets
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from swexpertise.files.pictures import pixels_of

MOST_BYTES = 5 * 1024 * 1024
SIDE = 512


def clean_portrait(file: IO[bytes]) -> ContentFile[bytes]:
    """A square JPEG of at most 512 pixels with a random name, without metadata or comments.

    Raises ValidationError with words for people when it is no picture, too large, or can't be read.
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValidationError(_("A portrait has at most 5 MB."))
    upright, _form = pixels_of(io.BytesIO(data))
    clear = upright.convert("RGBA")
    pixels = ImageOps.fit(Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear), (SIDE, SIDE))
    drawn = Image.new("RGB", pixels.size)
    drawn.paste(pixels)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return ContentFile(out.getvalue(), name=f"{secrets.token_hex(16)}.jpg")
