"""Forms of uploads: what goes into storage is already clean (K3, K19)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from cms.pictures import clean_picture


class PictureForm(BaseImageForm):
    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        return clean_picture(file)


class DocumentForm(BaseDocumentForm):
    def clean_file(self) -> Any:
        """A PDF by its first bytes. It is kept as it is: title and maker inside it are the editor's to look after."""
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        file.seek(0)
        if not file.read(1024).lstrip().startswith(b"%PDF-"):
            raise ValidationError(_("This isn't a PDF. Only PDF files can be offered for now."))
        file.seek(0)
        return file
