"""An open letter as far as it is known: to whom, why, with which arguments, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Audience, heard_by
from accounts.models import User
from experts.models import Organisation


class State(models.TextChoices):
    """The life of a letter (L1), of which signing itself comes later."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    DELIVERED = "delivered", _("delivered")
    ANSWERED = "answered", _("answered")


class SignatoryGroup(models.TextChoices):
    """Who signed, as far as the sources say: groups without a number, since none is known."""

    ORGANISATIONS = "organisations", _("organisations")
    SCIENTISTS = "scientists", _("scientists")
    ADVOCATES = "advocates", _("advocates")


OPEN_FIRST = models.Case(models.When(state=State.OPEN, then=0), default=1, output_field=models.IntegerField())


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, viewer: User | AnonymousUser) -> LetterQuerySet:
        """By its audience, and a draft for coordinators only, whatever its audience."""
        letters = self.filter(heard_by(viewer))
        if viewer.is_authenticated and viewer.is_coordinator:
            return letters
        return letters.exclude(state=State.DRAFT)

    def newest_first(self) -> LetterQuerySet:
        """What is open first, then by the place the editors gave it."""
        return self.order_by(OPEN_FIRST, "position", "pk")

    def with_initiator(self) -> LetterQuerySet:
        return self.select_related("initiator")

    def for_page(self) -> LetterQuerySet:
        return self.with_initiator().prefetch_related("partners", "recipients")

    def worth_showing(self) -> LetterQuerySet:
        """For a home page: what is open, else what was delivered or answered, the latest outcome first."""
        shown = self.filter(state__in=[State.OPEN, State.DELIVERED, State.ANSWERED])
        return shown.order_by(OPEN_FIRST, "-outcome_on", "position", "pk")


class Letter(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    audience = models.CharField(
        max_length=12,
        choices=[(a.value, a.label) for a in (Audience.PUBLIC, Audience.MEMBERS, Audience.COORDINATORS)],
        default=Audience.PUBLIC,
    )
    position = models.PositiveSmallIntegerField(default=100)
    title_nl = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    occasion_nl = models.TextField(blank=True)
    occasion_en = models.TextField(blank=True)
    outcome_nl = models.TextField(blank=True)
    outcome_en = models.TextField(blank=True)
    outcome_on = models.CharField(max_length=10, blank=True, help_text="2016, 2016-03 or 2016-03-01")
    # Lists of {"nl": …, "en": …}, as the collected content has them; a fact is shown with its source beside it.
    arguments = models.JSONField(default=list, blank=True)
    facts = models.JSONField(default=list, blank=True)
    steps = models.JSONField(default=list, blank=True)  # {"date", "nl", "en"}, oldest first
    sources = models.JSONField(default=list, blank=True)  # {"title", "publisher", "url"}, numbered from 1
    signatory_groups = models.JSONField(default=list, blank=True)
    initiator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="letters")
    partners = models.ManyToManyField(Organisation, blank=True, related_name="letters_with")

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("letters:detail", args=[self.slug])

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" else self.title_nl

    @property
    def occasion(self) -> str:
        return self.occasion_en if get_language() == "en" else self.occasion_nl

    @property
    def outcome(self) -> str:
        return self.outcome_en if get_language() == "en" else self.outcome_nl

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def argument_texts(self) -> list[str]:
        return in_language(self.arguments)

    @property
    def fact_texts(self) -> list[str]:
        return in_language(self.facts)

    @property
    def group_names(self) -> list[str]:
        return [str(SignatoryGroup(group).label) for group in self.signatory_groups]

    @property
    def step_texts(self) -> list[dict[str, object]]:
        """Each step with its day, or with the year or month that is all that is known."""
        texts = zip(self.steps, in_language(self.steps), strict=True)
        return [{"day": _day(step["date"]), "year": step["date"], "text": text} for step, text in texts]


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if len(value) == 10 else None


def in_language(texts: list[dict[str, Any]]) -> list[str]:
    """Each text in the reader's language."""
    language = "en" if get_language() == "en" else "nl"
    return [str(text[language]) for text in texts]
