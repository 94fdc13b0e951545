"""How closely a member follows a space or a thread (N1). No row: a thread is as its space, a space normal."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from discussions.models import Space, Thread
from notifications.levels import Level


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, viewer: User | AnonymousUser) -> WatchQuerySet:
        """One's own, of what one can still see: whom somebody follows is nobody else's affair."""
        if not viewer.is_authenticated:
            return self.none()
        return self.filter(user=viewer).filter(
            Q(space__in=Space.objects.visible_to(viewer).values("pk"))
            | Q(thread__in=Thread.objects.visible_to(viewer).values("pk"))
        )

    def chosen(self) -> WatchQuerySet:
        """For a list of what somebody follows: spaces first, each with its name at hand."""
        return self.select_related("space", "thread__space").order_by(
            F("space__position").asc(nulls_last=True), "space__name", "thread__title", "pk"
        )

    def level_in_space(self, space: Space) -> Level:
        """Among one member's rows: how closely they follow `space`."""
        return Level(self.filter(space=space).values_list("level", flat=True).first() or Level.NORMAL)


class Watch(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watches")
    # Exactly one of both is set.
    space = models.ForeignKey(Space, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    level = models.CharField(_("level"), max_length=9, choices=Level)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch level")
        verbose_name_plural = _("watch levels")
        constraints = [
            models.CheckConstraint(
                condition=Q(space=None, thread__isnull=False) | Q(space__isnull=False, thread=None),
                name="a_space_or_a_thread",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="a_known_level"),
            models.UniqueConstraint(fields=["user", "space"], name="one_level_per_space"),
            models.UniqueConstraint(fields=["user", "thread"], name="one_level_per_thread"),
        ]
        indexes = [
            models.Index(fields=["space", "level"], name="watchers_of_a_space"),
            models.Index(fields=["thread", "level"], name="watchers_of_a_thread"),
        ]


def level_in(thread: Thread, *, user: str = "pk") -> Coalesce:
    """The level that counts in `thread`, as an expression on rows whose account is found at the path `user`."""
    own = Watch.objects.filter(user=OuterRef(user), thread=thread).values("level")
    of_space = Watch.objects.filter(user=OuterRef(user), space=thread.space_id).values("level")
    return Coalesce(Subquery(own), Subquery(of_space), Value(Level.NORMAL.value))
