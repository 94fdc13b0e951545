"""Organisations and networks of the field, and which name belongs to which (each affiliation with its audience)."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.audiences import heard_by
from accounts.models import User
from experts.models.name import Name


class Kind(models.TextChoices):
    ASSOCIATION = "association", _("association")
    PLATFORM = "platform", _("platform")
    NETWORK = "network", _("network")
    NGO = "ngo", _("non-governmental organisation")
    SERVICE = "service", _("service")
    ALLIANCE = "alliance", _("alliance")
    COLLECTIVE = "collective", _("collective")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, viewer: User | AnonymousUser) -> OrganisationQuerySet:
        """Organisations are public; who belongs to one is not (see Affiliation)."""
        return self.all()

    def with_slugs(self, slugs: list[str]) -> OrganisationQuerySet:
        return self.filter(slug__in=slugs)


class Organisation(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    also_known_as = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    founded = models.CharField(_("founded"), max_length=10, blank=True, help_text=_("2015, 2015-02 or 2015-02-13"))
    about_nl = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    website = models.URLField(max_length=300, blank=True)
    # Facts of the collected content that need no column of their own: values, regions, sources.
    facts = models.JSONField(default=dict, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("experts:organisation", args=[self.slug])

    @property
    def founded_words(self) -> str:
        """As exact as it is known: “13 February 2015”, “November 1990” or “2015”."""
        parts = [int(part) for part in self.founded.split("-") if part]
        if not parts:
            return ""
        day = date(*([*parts, 1, 1])[:3])
        return date_format(day, {1: "Y", 2: "F Y", 3: "j F Y"}[len(parts)])

    @property
    def related_slugs(self) -> list[str]:
        """What it works with or is a member of, where a source says so."""
        return [*self.facts.get("works_with", []), *self.facts.get("member_of", [])]

    @property
    def about(self) -> str:
        """In the reader's language, else in the other one."""
        first, second = (self.about_en, self.about_nl) if get_language() == "en" else (self.about_nl, self.about_en)
        return first or second


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def visible_to(self, viewer: User | AnonymousUser) -> AffiliationQuerySet:
        """Asked of the profile: whoever may see its organisations may see its affiliations."""
        rule = heard_by(viewer, audience="name__profile__organisations_audience", owner="name__holder")
        return self.filter(rule, name__in=Name.objects.visible_to(viewer))


class Affiliation(models.Model):
    name = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="affiliations")

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "organisation"], name="affiliated_once")]
