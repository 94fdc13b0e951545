"""A profile field as rows that SQL can search, filter and count: one row for each thing a profile shows.

Derived from Name, Profile and Affiliation by `experts.actions.facts`, in the transaction that changes them.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.audiences import heard_by
from accounts.models import User
from experts.models.name import Name
from experts.models.profile import AUDIENCES, Profile

FUZZY_FROM = 4  # letters: shorter words resemble too much
LIKENESS = "0.5"  # of trigrams, 0 to 1: lets a letter be wrong, missing or too many


class FactKind(models.TextChoices):
    NAME = "name", _("name")
    HEADLINE = "headline", _("in one line")
    PRONOUNS = "pronouns", _("pronouns")
    INTRODUCTION = "introduction", _("introduction")
    KNOWS = "knows", _("knows")
    LANGUAGES = "languages", _("speaks")
    REGION = "region", _("region")
    ORGANISATIONS = "organisations", _("belongs to")
    LINKS = "links", _("links")
    PUBLICATIONS = "publications", _("publications")
    AVAILABILITY = "availability", _("available for")


class ProfileFactQuerySet(models.QuerySet["ProfileFact"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ProfileFactQuerySet:
        """`Profile.shows` in SQL: the audience of the field, of a name that the viewer may see at all."""
        rule = heard_by(viewer, owner="profile__name__holder")
        return self.filter(rule, profile__in=Name.objects.visible_to(viewer).values("pk"))

    def saying(self, *words: str, slips: bool = False) -> ProfileFactQuerySet:
        """Facts in which one of these words stands, begun or inflected; with `slips` also misspelled.

        Words are plain (see experts.spelling.plain_words) and hold letters and digits only. Call `allow_slips` before
        asking with slips.
        """
        return self.filter(says(*words, slips=slips))

    def among(self, kind: str, value: str) -> ProfileFactQuerySet:
        return self.filter(kind=kind, value=value)

    def counted(self, kinds: list[str], names: models.QuerySet[Name]) -> models.QuerySet[Any, dict[str, Any]]:
        """How many of `names` show each value: rows of kind, value, label and number, the largest first."""
        facts = self.filter(kind__in=kinds, profile__in=names.order_by().values("pk"))
        return (
            facts.values("kind", "value")
            .annotate(shown=models.Max("label"), number=models.Count("profile"))
            .order_by("kind", "-number", "value")
        )

    def marked(self, *words: str, slips: bool = False) -> ProfileFactQuerySet:
        """Adds `is_hit`: does one of the words stand in it?"""
        said = says(*words, slips=slips)
        hit = models.Case(models.When(said, then=True), default=False) if words else models.Value(False)
        return self.annotate(is_hit=models.ExpressionWrapper(hit, models.BooleanField()))

    def weight(self, *words: str, slips: bool = False) -> models.Subquery:
        """How near the words stand to what a name knows: the order of results. For use on names."""
        near = [FactKind.NAME, FactKind.KNOWS, FactKind.HEADLINE, FactKind.ORGANISATIONS]
        cases = [models.When(kind=kind, then=models.Value(9 - place)) for place, kind in enumerate(near)]
        hits = self.saying(*words, slips=slips).filter(profile=models.OuterRef("pk")).order_by().values("profile")
        weighed = hits.annotate(heaviest=models.Max(models.Case(*cases, default=models.Value(1))))
        return models.Subquery(weighed.values("heaviest"))


def allow_slips() -> None:
    """Tells this database session how alike two words must be for the index on likeness. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [LIKENESS])


def says(*words: str, slips: bool = False) -> Q:
    rule = Q()
    for word in words:
        rule |= Q(search=SearchQuery(f"{word}:*", search_type="raw", config="simple"))
        rule |= Q(search=SearchQuery(word, config="dutch"))
        if slips and len(word) >= FUZZY_FROM:
            rule |= Q(text__trigram_word_similar=word)
    return rule


class ProfileFact(models.Model):
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=16, choices=FactKind)
    value = models.CharField(max_length=120, help_text="What a filter asks for: a code or a slug; empty for prose.")
    label = models.CharField(max_length=200, blank=True, help_text="What people read; empty for codes and prose.")
    text = models.TextField(help_text="What is searched: plain words, see experts.spelling.plain_words.")
    audience = models.CharField(max_length=12, choices=AUDIENCES)
    # `simple` finds names and codes as written, `dutch` finds aangiftes by aangifte.
    search = models.GeneratedField(
        expression=SearchVector("text", config="simple") + SearchVector("text", config="dutch"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProfileFactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "kind", "value"], name="one_fact_a_value")]
        indexes = [
            GinIndex(fields=["search"], name="fact_search"),
            GinIndex(fields=["text"], name="fact_likeness", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["kind", "value"], name="fact_filter"),
        ]
