"""Clean pictures: the pixels copied into a new image, so that place, camera, maker and comments stay behind (K3)."""

from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
FORMATS = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp"}


def clean_picture(file: File, *, name: str = "picture") -> ContentFile:
    """The picture without metadata, turned as its EXIF says. Raises ValidationError for what isn't a picture of one
    of the four kinds, is broken, or has more than 40 million pixels (asked before the pixels are unpacked)."""
    try:
        file.seek(0)
        with Image.open(file, formats=tuple(FORMATS)) as source:
            kind = source.format or ""
            if source.width * source.height > MOST_PIXELS:
                raise ValidationError(_("This picture has more than 40 million pixels. Make it smaller first."))
            upright = ImageOps.exif_transpose(source) or source
            pixels = upright.convert(_mode_for(upright, kind))
    except ValidationError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError) as broken:
        raise ValidationError(
            _("This isn't a picture we can read. Use a JPEG, PNG, GIF or WebP file that opens elsewhere.")
        ) from broken
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    result = BytesIO()
    bare.save(result, format=kind, **({"quality": 88} if kind in ("JPEG", "WEBP") else {}))
    return ContentFile(result.getvalue(), name=f"{name}{FORMATS[kind]}")


def _mode_for(image: Image.Image, kind: str) -> str:
    """As the picture is when that is plain; else colour, with its see-through parts where the kind can hold them."""
    is_clear = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa")
    if kind == "JPEG" or not is_clear:
        return "L" if image.mode == "L" else "RGB"
    return "RGBA"
