"""A circle: a named set of members (a body, a working group) that can be an audience."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class CircleQuerySet(models.QuerySet["Circle"]):
    def entered_by(self, viewer: User | AnonymousUser) -> CircleQuerySet:
        """The circles the viewer is in. A role opens no circle: coordinators see those they belong to."""
        if not (viewer.is_authenticated and viewer.is_active):
            return self.none()
        return self.filter(memberships__user=viewer)

    def visible_to(self, viewer: User | AnonymousUser) -> CircleQuerySet:
        """A circle's name is known to whoever is in it; coordinators see every circle, since they fill them."""
        if viewer.is_authenticated and viewer.is_coordinator:
            return self.all()
        return self.entered_by(viewer)


class Circle(models.Model):
    slug = models.SlugField(_("short name"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=80)

    objects = CircleQuerySet.as_manager()

    class Meta:
        verbose_name = _("circle")
        verbose_name_plural = _("circles")

    def __str__(self) -> str:
        return self.name


class CircleMembershipQuerySet(models.QuerySet["CircleMembership"]):
    def visible_to(self, viewer: User | AnonymousUser) -> CircleMembershipQuerySet:
        """Who is in a circle is known to coordinators and to the member concerned; others meet faces, not accounts."""
        if viewer.is_authenticated and viewer.is_coordinator:
            return self.all()
        return self.filter(user=viewer) if viewer.is_authenticated else self.none()


class CircleMembership(models.Model):
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="circle_memberships")
    since = models.DateTimeField(default=timezone.now)

    objects = CircleMembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "user"], name="once_in_a_circle")]
