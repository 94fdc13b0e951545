"""What a profile says and to whom: `update` keeps the derived facts in the same transaction (P5, P6)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from experts.actions import facts
from experts.models import Affiliation, Name, Organisation, Profile
from experts.permissions import may_edit
from experts.signals import profile_updated
from experts.topics import topics_of


@transaction.atomic
def update(*, by: User, profile: Profile, at: datetime | None = None, **fields: Any) -> Profile:
    """Changes the fields that are named, `<field>_audience` included.

    `knows` takes words, `organisations` slugs or organisations, `portrait` a clean file or None. Raises
    PermissionDenied when `by` doesn't hold the name, ValidationError when a word or value can't be.
    """
    if not may_edit(by, profile.name):
        raise PermissionDenied(_("Only its holder changes a profile."))
    profile = Profile.objects.select_for_update(of=("self",)).select_related("name").get(pk=profile.pk)
    former = profile.portrait.name
    knows, organisations = fields.pop("knows", None), fields.pop("organisations", None)
    for field, value in fields.items():
        setattr(profile, field, "" if field == "portrait" and value is None else value)
    profile.updated_at = at or timezone.now()
    profile.full_clean(exclude=["name"])
    profile.save()
    if former and former != profile.portrait.name:
        transaction.on_commit(lambda: profile.portrait.storage.delete(former))
    if knows is not None:
        profile.knows.set(topics_of(knows))
    if organisations is not None:
        _affiliate(profile.name, organisations)
    facts.keep(profile)
    profile_updated.send(sender=Profile, profile=profile)
    return profile


def _affiliate(name: Name, organisations: Iterable[str | Organisation]) -> None:
    slugs = [one.slug if isinstance(one, Organisation) else one for one in organisations]
    chosen = list(Organisation.objects.with_slugs(slugs))
    name.affiliations.exclude(organisation__in=chosen).delete()
    rows = [Affiliation(name=name, organisation=organisation) for organisation in chosen]
    Affiliation.objects.bulk_create(rows, ignore_conflicts=True)
