"""A file with a post, for whoever may read the post (D14)."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from discussions.models import Attachment
from discussions.models.attachment import Kind
from discussions.views.doors import sign_in_to_find
from swexpertise.files.serving import served


@sign_in_to_find
def attachment(request: HttpRequest, key: str) -> HttpResponse:
    """Pictures are shown, PDFs handed over; both under a name that says nothing."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user), key=key)
    name = f"{found.key[:8]}.{found.ending}"
    return cast(HttpResponse, served(found.file, filename=name, as_attachment=found.kind != Kind.PICTURE))
