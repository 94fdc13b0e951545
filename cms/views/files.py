"""Pictures and documents, for whoever may see a page that uses them. No other address leads to a file (K3)."""

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404

from cms.models import PdfDocument, Rendition


def picture(request: HttpRequest, name: str) -> FileResponse:
    rendition = get_object_or_404(Rendition.objects.visible_to(request.user), file=f"renditions/{name}")
    return _sent(FileResponse(rendition.file.open("rb"), filename=name))


def document(request: HttpRequest, key: str) -> FileResponse:
    found = get_object_or_404(PdfDocument.objects.visible_to(request.user), key=key)
    return _sent(
        FileResponse(
            found.file.open("rb"), as_attachment=True, filename=found.download_name, content_type="application/pdf"
        )
    )


def _sent(response: FileResponse) -> FileResponse:
    """Kept by no shared cache: tomorrow the page may be for members only."""
    response["Cache-Control"] = "private, max-age=300"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
