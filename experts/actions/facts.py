"""Keeps the rows that search, filters and counts read equal to what a profile says (`ProfileFact`)."""

from collections.abc import Iterator

from django.utils import translation

from experts.languages import names_in_all
from experts.models import FactKind, Profile, ProfileFact
from experts.models.profile import Availability
from experts.spelling import plain_words


def keep(profile: Profile) -> None:
    """Writes the rows of this profile anew. Call inside the transaction that changes it."""
    ProfileFact.objects.filter(profile=profile).delete()
    if profile.name.retired_at is None:
        ProfileFact.objects.bulk_create(list(_facts(profile)))


def _facts(profile: Profile) -> Iterator[ProfileFact]:
    """Prose has no value; codes have no label, since their words follow the reader's language."""

    def fact(kind: FactKind, text: str, *, value: str = "", label: str = "", audience: str = "") -> ProfileFact:
        heard = audience or getattr(profile, f"{kind.value}_audience")
        return ProfileFact(
            profile=profile, kind=kind, value=value, label=label, text=plain_words(text), audience=heard
        )

    name = profile.name
    yield fact(FactKind.NAME, name.display_name, label=name.display_name, audience=name.audience)
    for kind in (FactKind.HEADLINE, FactKind.PRONOUNS, FactKind.INTRODUCTION, FactKind.PUBLICATIONS):
        if text := getattr(profile, kind.value):
            label = text if kind in (FactKind.HEADLINE, FactKind.PRONOUNS) else ""
            yield fact(kind, text, label=label)
    if profile.links:
        yield fact(FactKind.LINKS, " ".join(profile.links))
    for topic in profile.knows.all():
        yield fact(FactKind.KNOWS, topic.name, value=topic.slug, label=topic.name)
    for code in dict.fromkeys(profile.languages):
        yield fact(FactKind.LANGUAGES, names_in_all(code), value=code)
    if profile.region:
        yield fact(FactKind.REGION, profile.region, value=profile.region, label=profile.region)
    for affiliation in name.affiliations.select_related("organisation"):
        organisation = affiliation.organisation
        words = [organisation.name, organisation.short_name, *organisation.also_known_as]
        label = organisation.short_name or organisation.name
        yield fact(FactKind.ORGANISATIONS, " ".join(words), value=organisation.slug, label=label)
    for kind_of_work in dict.fromkeys(profile.availability):
        yield fact(FactKind.AVAILABILITY, _in_all(Availability(kind_of_work)), value=kind_of_work)


def _in_all(choice: Availability) -> str:
    words = []
    for language in ("nl", "en"):
        with translation.override(language):
            words.append(str(choice.label))
    return " ".join(words)
