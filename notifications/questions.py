"""What "For you", catching up and one's own feed ask, put into SQL once for each role (`swexpertise.prepared`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Preferences, User
from notifications.levels import PERSONAL
from notifications.models import Delivery, Event, Notice
from notifications.models.delivery import DeliveryQuerySet
from notifications.models.event import OutboxQuerySet
from notifications.models.issue import end_of_last
from notifications.models.notice import NoticeQuerySet
from swexpertise.prepared import prepared


class Show(models.TextChoices):
    CALLS = "calls", _("what needs you")
    FOLLOWED = "followed", _("what you follow")


def told(user: User, show: str = "") -> DeliveryQuerySet:
    """The one list (N5), the newest first; `show`: everything, or one part of it."""
    mine = Delivery.objects.news_for(user).order_by("-at", "-pk")
    if show == Show.CALLS:
        return mine.personal()
    return mine.exclude(reason__in=PERSONAL) if show == Show.FOLLOWED else mine


@prepared
def unread(user: User, show: str, most: int) -> DeliveryQuerySet:
    return told(user, show).unread().with_posts().defer_texts()[:most]


@prepared
def earlier(user: User, show: str, most: int, *, but: Sequence[int]) -> DeliveryQuerySet:
    """Whatever isn't among `but`."""
    return told(user, show).exclude(pk__in=but).with_posts().defer_texts()[:most]


@prepared
def unread_on_end(user: User, most: int, length: int) -> DeliveryQuerySet:
    """The oldest first, each with the first `length` characters of its post."""
    return told(user).unread().with_posts().with_beginnings(length).order_by("pk")[:most]


@prepared
def notices(user: User, most: int) -> NoticeQuerySet:
    return Notice.objects.visible_to(user).unread().for_list(user)[:most]


@prepared
def votes(user: User, *, now: datetime, until: datetime) -> OutboxQuerySet:
    """Those that close up to `until`, the first to close first."""
    return Event.objects.votes(now, until).votes_for(user).with_things().order_by("poll__closes_at", "pk")


@prepared
def offers(user: User, *, since: datetime, now: datetime) -> OutboxQuerySet:
    return Event.objects.offers(since, now).offers_for(user).with_things()


@prepared
def wishes(user: User) -> QuerySet[Preferences, Any]:
    """What the member chose, with `ended`: where their last overview did."""
    return Preferences.objects.visible_to(user).annotate(ended=end_of_last())
