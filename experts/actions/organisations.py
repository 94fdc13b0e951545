"""Organisations and their bodies from collected content; loading again brings them up to date."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from experts.actions import facts
from experts.models import Body, Mandate, Organisation, Profile
from experts.signals import organisation_loaded

CONTENT = Path(__file__).parent.parent / "content" / "organisations.yaml"
_COLUMNS = {"name", "short_name", "also_known_as", "kind", "country", "city", "founded", "website"}
_APART = {"slug", "about", "bodies"}


def load(rows: Iterable[Mapping[str, Any]] | None = None) -> int:
    """Makes or updates each organisation with its bodies; says how many. Without rows: the content of this app."""
    rows = list(rows if rows is not None else yaml.safe_load(CONTENT.read_text(encoding="utf-8")))
    with transaction.atomic():
        for row in rows:
            _keep(row)
    return len(rows)


def _keep(row: Mapping[str, Any]) -> None:
    about = row.get("about", {})
    values = {key: row[key] for key in _COLUMNS & set(row)}
    values["founded"] = str(row.get("founded", ""))
    values |= {"about_nl": about.get("nl", ""), "about_en": about.get("en", "")}
    values["facts"] = {key: value for key, value in row.items() if key not in _COLUMNS | _APART}
    organisation, is_new = Organisation.objects.update_or_create(slug=row["slug"], defaults=values)
    for position, body in enumerate(row.get("bodies", [])):
        shown = {"name_nl": body["nl"], "name_en": body["en"], "position": position}
        hidden = {"eligible": body.get("eligible", []), "note": body.get("note", "")}
        Body.objects.update_or_create(organisation=organisation, slug=body["slug"], defaults={**shown, **hidden})
    if not is_new:
        for profile in Profile.objects.filter(name__affiliations__organisation=organisation).select_related("name"):
            facts.keep(profile)
    organisation_loaded.send(Organisation, organisation=organisation)


@transaction.atomic
def confirm(*, by: User, mandate: Mandate, at: datetime) -> None:
    """From now on the mandate has force. Nobody confirms their own. Raises PermissionDenied or ValidationError."""
    if not by.is_coordinator or mandate.name.holder_id == by.pk:
        raise PermissionDenied(_("Another coordinator confirms this mandate."))
    if not Mandate.objects.filter(pk=mandate.pk, confirmed_at=None).update(confirmed_by=by, confirmed_at=at):
        raise ValidationError(_("This mandate is confirmed already."))
    mandate.refresh_from_db()
