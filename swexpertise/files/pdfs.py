"""Clean PDFs: written anew without who made them, when, what they can do and what hides in them (S5, S6, D14).

The work is done in a process of its own with little memory and little time: what a hostile file breaks is that.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from swexpertise.files import pdf_limits


def is_pdf(data: bytes) -> bool:
    """By its first bytes, whatever its name says (ISO 32000-2, 7.5.2, and the leading bytes that readers allow)."""
    return b"%PDF-" in data[:1024]


def clean_pdf(file: IO[bytes], *, name: str = "document") -> ContentFile[bytes]:
    """Raises ValidationError for what is no PDF, is broken or locked with a password, or is too much work."""
    file.seek(0)
    data = file.read()
    if not is_pdf(data):
        raise ValidationError(_("This isn't a PDF. Only PDF files can be offered for now."))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "swexpertise.files.pdf_worker"],
            input=data,
            capture_output=True,
            timeout=pdf_limits.SECONDS,
            check=False,
            cwd=settings.BASE_DIR,
            env={"PATH": os.defpath},
        )
    except subprocess.TimeoutExpired:
        raise ValidationError(_("This PDF is too much work to clean. Save it anew, or divide it.")) from None
    if done.returncode == pdf_limits.LOCKED:
        raise ValidationError(_("This PDF is locked with a password. Save it without one first."))
    if done.returncode == pdf_limits.TOO_LONG:
        raise ValidationError(_("This PDF has more than %(most)d pages. Divide it.") % {"most": pdf_limits.MOST_PAGES})
    if done.returncode != 0 or not done.stdout:
        raise ValidationError(_("This PDF can't be read. Save or print it anew as a PDF, and try again."))
    return ContentFile(done.stdout, name=f"{name}.pdf")
