"""What a name shows of itself. Every field has its own audience (P5); a name without a profile shows the name only."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from accounts.audiences import Audience, Viewer, open_audiences
from accounts.models import User
from experts.models.name import Name
from experts.models.topic import TaggedProfile

AUDIENCES = [(a.value, a.label) for a in (Audience.ONLY_ME, Audience.COORDINATORS, Audience.MEMBERS, Audience.PUBLIC)]


class Availability(models.TextChoices):
    MEDIA = "media", _("media")
    LECTURES = "lectures", _("lectures")
    RESEARCH = "research", _("research")
    PEER_REVIEW = "peer_review", _("peer review")
    QUESTIONS = "questions", _("individual questions")


def audience_field(default: Audience) -> models.CharField:
    return models.CharField(max_length=12, choices=AUDIENCES, default=default)


class ProfileQuerySet(models.QuerySet["Profile"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ProfileQuerySet:
        """A profile follows its name; which of its fields are shown is asked per field (`Profile.shows`)."""
        return self.filter(name__in=Name.objects.visible_to(viewer))


class Profile(models.Model):
    name = models.OneToOneField(Name, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    headline = models.CharField(_("in one line"), max_length=120, blank=True)
    headline_audience = audience_field(Audience.MEMBERS)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    pronouns_audience = audience_field(Audience.MEMBERS)
    introduction = models.TextField(_("introduction"), max_length=4000, blank=True)
    introduction_audience = audience_field(Audience.MEMBERS)
    knows = TaggableManager(through=TaggedProfile, blank=True, verbose_name=_("what I know"))
    knows_audience = audience_field(Audience.MEMBERS)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("languages"))
    languages_audience = audience_field(Audience.MEMBERS)
    region = models.CharField(_("region"), max_length=60, blank=True)
    region_audience = audience_field(Audience.COORDINATORS)
    organisations_audience = audience_field(Audience.COORDINATORS)
    links = ArrayField(models.URLField(max_length=300), default=list, blank=True, verbose_name=_("links"))
    links_audience = audience_field(Audience.MEMBERS)
    publications = models.TextField(_("publications"), max_length=8000, blank=True)
    publications_audience = audience_field(Audience.MEMBERS)
    portrait = models.ImageField(_("portrait"), upload_to="portraits", blank=True)
    portrait_audience = audience_field(Audience.MEMBERS)
    availability = ArrayField(
        models.CharField(max_length=12, choices=Availability),
        default=list,
        blank=True,
        verbose_name=_("available for"),
    )
    availability_audience = audience_field(Audience.MEMBERS)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def shows(self, field: str, viewer: Viewer) -> bool:
        """May `viewer` see this field? The one rule of profile fields, in Python; `ProfileFact` holds it for SQL."""
        is_owner = viewer.is_authenticated and self.name.holder_id == viewer.pk
        return getattr(self, f"{field}_audience") in open_audiences(viewer, is_owner=is_owner)
