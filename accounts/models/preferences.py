"""How a member wants to be addressed and told: language, time zone, digest rhythm, what may stand in their mail."""

from __future__ import annotations

import zoneinfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class Rhythm(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    NEVER = "never", _("Never")


class MailDetail(models.TextChoices):
    """From open to closed. The strictest of member, space, thread and author wins (N3)."""

    FULL = "full", _("Titles and excerpts")
    TITLES = "titles", _("Titles only")
    DISCREET = "discreet", _("Discreet")


def known_time_zone(value: str) -> None:
    """Raises ValidationError unless `value` is a zone of the IANA time zone database."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(zone)s” is not a time zone. Choose one from the list."), params={"zone": value})


class PreferencesQuerySet(models.QuerySet["Preferences"]):
    def visible_to(self, viewer: User | AnonymousUser) -> PreferencesQuerySet:
        """One's own only."""
        return self.filter(user=viewer) if viewer.is_authenticated else self.none()

    def steady(self) -> PreferencesQuerySet:
        """Those who get the same discreet mail each day or week (N4). As `Preferences.keeps_steady`."""
        return self.filter(is_steady=True, rhythm__in=[Rhythm.DAILY, Rhythm.WEEKLY], mail_detail=MailDetail.DISCREET)


class Preferences(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="preferences")
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nl")
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Amsterdam", validators=[known_time_zone]
    )
    rhythm = models.CharField(_("digest"), max_length=8, choices=Rhythm, default=Rhythm.DAILY)
    hour = models.PositiveSmallIntegerField(_("hour"), default=8, validators=[MaxValueValidator(23)])
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), default=0, validators=[MaxValueValidator(6)], help_text=_("0 is Monday.")
    )
    # NULL keeps: has not chosen yet, which counts as discreet.
    mail_detail = models.CharField(_("in my mail"), max_length=8, choices=MailDetail, null=True, blank=True)
    # Texts with a content note are folded and left out of mail and excerpts, until the member chooses otherwise (N13)
    shows_noted = models.BooleanField(_("always show texts with a content note"), default=False)
    rhythm_changed_at = models.DateTimeField(null=True, editable=False)
    # NULL keeps: never changed. What happened before is told discreetly, so that loosening reveals nothing old (N3).
    detail_changed_at = models.DateTimeField(null=True, editable=False)
    # Hours of the member's own clock, over midnight when `quiet_from` is the later one. Both NULL: no quiet hours.
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(23)])
    quiet_to = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(23)])
    # A mail in each rhythm whether or not anything happened, so that mail says nothing by coming (N4).
    is_steady = models.BooleanField(default=False)

    objects = PreferencesQuerySet.as_manager()

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
        constraints = [
            models.CheckConstraint(condition=models.Q(hour__lte=23), name="an_hour_of_the_day"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="a_day_of_the_week"),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False, quiet_from__lte=23, quiet_to__lte=23)
                & ~models.Q(quiet_from=models.F("quiet_to")),
                name="quiet_from_one_hour_to_another",
            ),
        ]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def detail(self) -> MailDetail:
        """What may stand in this member's mail: discreet until they choose (N3)."""
        return MailDetail(self.mail_detail or MailDetail.DISCREET)

    @property
    def keeps_steady(self) -> bool:
        """Steady goes with a rhythm that has hours, and with mail that is always the same."""
        has_hours = self.rhythm in (Rhythm.DAILY, Rhythm.WEEKLY)
        return self.is_steady and has_hours and self.mail_detail == MailDetail.DISCREET
