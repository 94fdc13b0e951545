"""Recording what changed on a page, for its readers."""

from datetime import datetime

from cms.models import Change, KnowledgePage


def record_change(*, page: KnowledgePage, at: datetime) -> Change | None:
    """The note of this publication, unless it is the one that was told already."""
    last = Change.objects.filter(page=page).newest_first().first()
    if not page.change_note or (last and last.note == page.change_note):
        return None
    return Change.objects.create(page=page, note=page.change_note, at=at)
