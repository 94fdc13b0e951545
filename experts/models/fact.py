"""A profile field as rows that SQL can search, filter and count: one row for each thing a profile shows.

Derived from Name, Profile and Affiliation by `experts.actions.facts`, in the transaction that changes them.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.audiences import heard_by
from accounts.models import User
from experts.models.name import Name
from experts.models.profile import AUDIENCES, Profile


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
