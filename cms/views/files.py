"""Pictures and documents, for whoever may see a page that uses them. No other address leads to a file (K3)."""

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404

from cms.models import PdfDocument, Rendition
from swexpertise.files.serving import served


def picture(request: HttpRequest, name: str) -> FileResponse:
    rendition = get_object_or_404(Rendition.objects.visible_to(request.user), file=f"renditions/{name}")
    return served(rendition.file, filename=name)


def document(request: HttpRequest, key: str) -> FileResponse:
    found = get_object_or_404(PdfDocument.objects.visible_to(request.user), key=key)
    return served(found.file, filename=found.download_name, as_attachment=True)
