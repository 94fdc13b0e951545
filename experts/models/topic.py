"""The one vocabulary of topics (django-taggit), shared by experts, threads and pages: “HIV” and “hiv” are one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from accounts.models import User


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, viewer: User | AnonymousUser) -> TopicQuerySet:
        """The words of the vocabulary are public; what carries them is asked for by the rule of what carries them."""
        return self.all()

    def carried_for(self, viewer: User | AnonymousUser) -> TopicQuerySet:
        """Those on something that the viewer sees, and those on nothing (any more): for a list of the vocabulary. A
        word that stands only in what somebody shows to nobody isn't listed to anybody."""
        from experts.models.fact import FactKind, ProfileFact  # which point here

        known = ProfileFact.objects.visible_to(viewer).filter(kind=FactKind.KNOWS)
        seen, carried = [Q(slug__in=known.values("value"))], []
        for table in carriers():
            ties = table._default_manager.filter(tag=OuterRef("pk"))
            carried.append(Q(Exists(ties)))
            if table is not TaggedProfile:  # its field has an audience of its own, which the facts know
                things = table._meta.get_field("content_object").related_model.objects.visible_to(viewer)
                seen.append(Q(Exists(ties.filter(content_object__in=things.values("pk")))))
        return self.filter(reduce(or_, seen) | ~reduce(or_, carried))

    def spelled(self, words: list[str]) -> TopicQuerySet:
        """Topics with one of these spellings, whatever the case."""
        return self.annotate(lower_name=Lower("name")).filter(lower_name__in=[word.lower() for word in words])

    def meant_by(self, words: Iterable[str]) -> TopicQuerySet:
        """Those that are called so, or were before they were renamed or joined with another."""
        lower = [word.lower() for word in words]
        named = self.model._default_manager.annotate(lower_name=Lower("name"))
        found = named.filter(Q(lower_name__in=lower) | Q(aliases__word__in=lower))
        return self.filter(pk__in=found.values("pk"))

    def at(self, slug: str) -> TopicQuerySet:
        """The one with this address, be it an old one."""
        return self.filter(
            pk__in=self.model._default_manager.filter(Q(slug=slug) | Q(aliases__slug=slug)).values("pk")
        )

    def holding(self, text: str) -> TopicQuerySet:
        return self.filter(name__icontains=text) if text else self

    def in_order(self) -> TopicQuerySet:
        return self.order_by(Lower("name"), "pk")


class Topic(TagBase):
    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(Lower("name"), name="one_topic_per_word")]

    def slugify(self, tag: str, i: int | None = None) -> str:
        """Plain letters for an address; a word of another script gets a random one."""
        slug = slugify(tag)[:80] or secrets.token_hex(4)
        return slug if i is None else f"{slug}-{i}"

    def get_absolute_url(self) -> str:
        return reverse("experts:topic", args=[self.slug])


class TaggedProfile(ItemBase):
    content_object = models.ForeignKey("experts.Profile", on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="tagged_profiles")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="known_once")]


def carriers() -> list[type[ItemBase]]:
    """Every table that ties something to a topic, of apps above too."""
    related = (relation.related_model for relation in Topic._meta.related_objects)
    return [model for model in related if isinstance(model, type) and issubclass(model, ItemBase)]
