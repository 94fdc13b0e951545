"""The timeline: dated events of law, research and organisations, each with its source."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable

from accounts.models import User
from cms.fields import KnownDate
from cms.models.knowledge import KnowledgeIndexPage
from cms.models.page import KnowledgePage
from cms.models.source import Source


class EventKind(models.TextChoices):
    LAW = "law", _("law")
    RESEARCH = "research", _("research")
    ORGANISATION = "organisation", _("organisations")
    MOTION = "motion", _("motions")
    DEBATE = "debate", _("debate")
    GUIDELINE = "guideline", _("guidelines")


class TimelinePage(KnowledgePage):
    template = "cms/timeline.html"
    parent_page_types = [KnowledgeIndexPage]
    max_count_per_parent = 1

    content_panels = [*KnowledgePage.content_panels, InlinePanel("events", heading=_("Events"), label=_("event"))]

    class Meta:
        verbose_name = _("timeline")
        verbose_name_plural = _("timelines")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """`?kind=law` leaves out the rest; an unknown kind leaves out nothing."""
        events = sorted(self.events.select_related("source"), key=lambda event: event.on)
        present = {event.kind for event in events}
        chosen = request.GET.get("kind")
        shown = [event for event in events if event.kind == chosen] if chosen in present else events
        kinds = [(kind.value, kind.label, kind.value == chosen) for kind in EventKind if kind.value in present]
        return {
            **super().get_context(request, *args, **kwargs),
            "events": shown,
            "kinds": kinds,
            "is_whole": chosen not in present,
        }


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, viewer: User | AnonymousUser) -> EventQuerySet:
        """Whoever sees the timeline."""
        return self.filter(page__in=TimelinePage.objects.visible_to(viewer))


class Event(Orderable):
    page = ParentalKey(TimelinePage, on_delete=models.CASCADE, related_name="events")
    on = KnownDate(_("date"))
    kind = models.CharField(_("kind"), max_length=14, choices=EventKind)
    text = models.CharField(_("what happened"), max_length=300)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="events", verbose_name=_("source"))

    objects = EventQuerySet.as_manager()

    panels = [FieldPanel("on"), FieldPanel("kind"), FieldPanel("text"), FieldPanel("source")]
