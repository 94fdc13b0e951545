"""load: the letters of the collected content; loading again brings them up to date."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from experts.models import Organisation
from letters.models import Letter, Recipient
from letters.models.letter import SignatoryGroup, State
from letters.signals import letter_moved_on, letter_published

CONTENT = Path(__file__).parent.parent / "content" / "letters.yaml"


def load(rows: Iterable[Mapping[str, Any]] | None = None, *, at: datetime | None = None) -> int:
    """Says how many. The organisations must be there. Without rows: the content of this app. Of a letter that comes in
    nobody is told; of one that was here and went on since, whoever follows it is."""
    rows = list(rows if rows is not None else yaml.safe_load(CONTENT.read_text(encoding="utf-8")))
    with transaction.atomic():
        for position, row in enumerate(rows):
            _keep(row, position, at or timezone.now())
    return len(rows)


def _keep(row: Mapping[str, Any], position: int, at: datetime) -> None:
    before = Letter.objects.filter(slug=row["slug"]).first()
    organisations = Organisation.objects.in_bulk([row["initiator"], *row.get("with", [])], field_name="slug")
    occasion, outcome = row.get("occasion", {}), row.get("outcome", {})
    letter, _is_new = Letter.objects.update_or_create(
        slug=row["slug"],
        defaults={
            "state": State(row["state"]),
            "position": position,
            "title_nl": row["title"]["nl"],
            "title_en": row["title"]["en"],
            "occasion_nl": occasion.get("nl", ""),
            "occasion_en": occasion.get("en", ""),
            "outcome_nl": outcome.get("nl", ""),
            "outcome_en": outcome.get("en", ""),
            "outcome_on": str(outcome.get("date", "")),
            "arguments": row.get("arguments", []),
            "facts": row.get("facts", []),
            "steps": [step | {"date": str(step["date"])} for step in row.get("steps", [])],
            "sources": row["sources"],
            "signatory_groups": [SignatoryGroup(group) for group in row.get("signatory_groups", [])],
            "initiator": organisations[row["initiator"]],
        },
    )
    letter.partners.set(organisations[slug] for slug in row.get("with", []))
    letter.recipients.all().delete()
    Recipient.objects.bulk_create(
        Recipient(
            letter=letter,
            name=about.get("name", ""),
            role_nl=about["role"]["nl"],
            role_en=about["role"]["en"],
            party=about.get("party", ""),
            position=place,
        )
        for place, about in enumerate(row["recipients"])
    )
    letter_published.send(sender=Letter, letter=letter, by=None, is_history=True)
    if before is not None and _is_news(before, letter):
        letter_moved_on.send(sender=Letter, letter=letter, was=before.state, by=None, at=at)


def _is_news(before: Letter, letter: Letter) -> bool:
    """It is in another state, but for a draft; or something came of it that wasn't known."""
    moved = before.state != letter.state and letter.state != State.DRAFT
    return moved or (letter.outcome_nl != before.outcome_nl and bool(letter.outcome_nl))
