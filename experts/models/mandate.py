"""A mandate: this name may speak or sign for this organisation, from when until when, confirmed by whom (P10)."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from experts.models.name import Name
from experts.models.organisation import Organisation


class MandateKind(models.TextChoices):
    SPEAK = "speak", _("may speak for")
    SIGN = "sign", _("may sign for")


class MandateQuerySet(models.QuerySet["Mandate"]):
    def visible_to(self, viewer: User | AnonymousUser) -> MandateQuerySet:
        """Coordinators, and whoever holds it: what is done with a mandate is shown, the mandate itself isn't."""
        if viewer.is_authenticated and viewer.is_coordinator:
            return self.all()
        return self.filter(name__holder=viewer) if viewer.is_authenticated else self.none()

    def in_force(self, day: date) -> MandateQuerySet:
        """Confirmed, begun and not ended on `day`."""
        confirmed = self.exclude(confirmed_at=None)
        return confirmed.filter(Q(until_on=None) | Q(until_on__gte=day), from_on__lte=day)


class Mandate(models.Model):
    name = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="mandates")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="mandates")
    kind = models.CharField(max_length=8, choices=MandateKind)
    from_on = models.DateField(_("from"))
    # NULL keeps: until further notice. The last day counts.
    until_on = models.DateField(_("until"), null=True, blank=True)
    # NULL keeps: not confirmed, so without force; or, with a moment, by an account that is gone.
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="confirmed")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.UniqueConstraint(fields=["name", "organisation", "kind", "from_on"], name="mandated_once"),
            models.CheckConstraint(condition=Q(kind__in=MandateKind.values), name="a_mandate_to_speak_or_sign"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="a_mandate_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(confirmed_at__isnull=False),
                name="confirmed_by_somebody_at_some_time",
            ),
        ]
