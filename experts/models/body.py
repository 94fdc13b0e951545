"""The bodies of an organisation, who sits in them, and who may speak or sign for it (P10)."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.audiences import heard_by
from accounts.models import User
from experts.models.name import Name
from experts.models.organisation import Organisation
from experts.models.profile import AUDIENCES


class BodyQuerySet(models.QuerySet["Body"]):
    def visible_to(self, viewer: User | AnonymousUser) -> BodyQuerySet:
        """That a body exists is public; who sits in it is not (see BodySeat)."""
        return self.all()

    def of(self, organisation: Organisation) -> BodyQuerySet:
        return self.filter(organisation=organisation).order_by("position", "name_nl")


class Body(models.Model):
    """`eligible` decides rights and is never displayed, counted or filtered by: it would say what somebody is."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="bodies")
    slug = models.SlugField(max_length=60)
    name_nl = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    eligible = models.JSONField(default=list, blank=True, editable=False)
    note = models.CharField(max_length=300, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("body of an organisation")
        verbose_name_plural = _("bodies of an organisation")
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="one_body_per_slug")]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_nl


class BodySeatQuerySet(models.QuerySet["BodySeat"]):
    def visible_to(self, viewer: User | AnonymousUser) -> BodySeatQuerySet:
        """By the seat's audience, and only of a name that the viewer may see."""
        return self.filter(heard_by(viewer, owner="name__holder"), name__in=Name.objects.visible_to(viewer))

    def held_on(self, day: date) -> BodySeatQuerySet:
        return self.filter(Q(until_on=None) | Q(until_on__gte=day), from_on__lte=day)


class BodySeat(models.Model):
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="seats")
    name = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="seats")
    from_on = models.DateField(_("from"))
    # NULL keeps: no end agreed. The last day counts.
    until_on = models.DateField(_("until"), null=True, blank=True)
    audience = models.CharField(max_length=12, choices=AUDIENCES, default="members")

    objects = BodySeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "name", "from_on"], name="seated_once"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="a_term_ends_after_it_begins"
            ),
        ]
