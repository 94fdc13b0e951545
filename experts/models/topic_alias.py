"""What a topic was called before it was renamed or joined with another: old links and old words lead to it (D11)."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from experts.models.topic import Topic


class TopicAliasQuerySet(models.QuerySet["TopicAlias"]):
    def visible_to(self, viewer: User | AnonymousUser) -> TopicAliasQuerySet:
        """As the words of the vocabulary: public."""
        return self.all()

    def now(self, slugs: Iterable[str]) -> dict[str, str]:
        """For each of `slugs` that is an old address: the one of today."""
        return dict(self.filter(slug__in=slugs).values_list("slug", "topic__slug"))


class TopicAlias(models.Model):
    slug = models.CharField(max_length=100, unique=True)
    word = models.CharField(max_length=100, unique=True)  # in lower case
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="aliases")

    objects = TopicAliasQuerySet.as_manager()
