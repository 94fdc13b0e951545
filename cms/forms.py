"""Forms of uploads: what goes into storage is already clean (K3, K19)."""

from typing import Any

from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from swexpertise.files.pdfs import clean_pdf
from swexpertise.files.pictures import clean_picture


class PictureForm(BaseImageForm):
    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        return clean_picture(file)


class DocumentForm(BaseDocumentForm):
    def clean_file(self) -> Any:
        """A PDF by its first bytes, written anew without what it tells of its makers (S5)."""
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        return clean_pdf(file)
