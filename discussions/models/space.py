"""A space: where threads live. Open to all members or to one circle (D1)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Audience, heard_by
from accounts.models import Circle, User
from accounts.models.preferences import MailDetail


class SpaceQuerySet(models.QuerySet["Space"]):
    def visible_to(self, viewer: User | AnonymousUser) -> SpaceQuerySet:
        """Members see open spaces; a circle's space exists only for whoever is in the circle, coordinators too."""
        return self.filter(heard_by(viewer, circle="circle"))

    def for_readers_of(self, space: Space) -> SpaceQuerySet:
        """Those that nobody reads who can't read `space` (as `permissions.is_for_its_readers` says of one)."""
        if space.audience == Audience.CIRCLE:
            return self.filter(circle=space.circle_id)
        return self if space.audience == Audience.PUBLIC else self.exclude(audience=Audience.PUBLIC)

    def other_than(self, space: Space) -> SpaceQuerySet:
        return self.exclude(pk=space.pk)

    def in_order(self) -> SpaceQuerySet:
        return self.select_related("circle").order_by("position", "name")


class Space(models.Model):
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    purpose = models.CharField(_("purpose"), max_length=400, blank=True)
    house_rules_source = models.TextField(_("house rules"), blank=True)
    house_rules_html = models.TextField(blank=True, editable=False)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nl")
    audience = models.CharField(
        _("who may read"),
        max_length=12,
        choices=[(a.value, a.label) for a in (Audience.MEMBERS, Audience.CIRCLE, Audience.PUBLIC)],
        default=Audience.MEMBERS,
    )
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, null=True, blank=True, related_name="spaces")
    # The most that may stand in a mail about this space (N3).
    mail_detail = models.CharField(_("in mail"), max_length=8, choices=MailDetail, default=MailDetail.FULL)
    # Whether a question may be asked as “a member” (D12); coordinators switch it.
    takes_anonymous_questions = models.BooleanField(_("takes anonymous questions"), default=True)
    position = models.PositiveSmallIntegerField(default=100)
    opened_at = models.DateTimeField(default=timezone.now)

    objects = SpaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        constraints = [
            models.CheckConstraint(
                condition=Q(audience=Audience.CIRCLE, circle__isnull=False)
                | (~Q(audience=Audience.CIRCLE) & Q(circle=None)),
                name="a_circle_exactly_when_it_is_the_audience",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("discussions:space", args=[self.slug])
