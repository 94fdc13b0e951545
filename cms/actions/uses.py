"""Recording which files a live page shows, and to whom."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

from accounts.audiences import Audience
from cms.models import KnowledgePage, PdfDocument, Picture, Use


@transaction.atomic
def record_uses(*, page: KnowledgePage) -> None:
    """Anew from what is live now. Safe to repeat."""
    Use.objects.filter(page=page).delete()
    found = set(_files_in(page.body, Audience.PUBLIC))
    Use.objects.bulk_create(Use(page=page, audience=audience, **{kind: file}) for kind, file, audience in found)


def _files_in(body: Iterable[Any], audience: str) -> Iterator[tuple[str, Any, str]]:
    for block in body:
        if block.block_type == "reserved":
            yield from _files_in(block.value["content"], block.value["audience"])
            continue
        for model, pk, _model_path, _content_path in block.block.extract_references(block.value):
            kind = {Picture: "picture_id", PdfDocument: "document_id"}.get(model)
            if kind:
                yield kind, int(pk), audience
