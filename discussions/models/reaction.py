"""What a reader says with one touch, and what they keep for themselves (D11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from discussions.models.post import Post, sees_noted
from experts.models import Name


class Kind(models.TextChoices):
    THANKS = "thanks", _("Thanks")
    AGREE = "agree", _("Agree")
    ADD = "add", _("I can add to this")
    HEART = "heart", _("Heart")


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind of reaction to one post: how many, and whether the viewer is among them."""

    kind: str
    label: str
    total: int
    is_mine: bool


class ReactionQuerySet(models.QuerySet["Reaction"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ReactionQuerySet:
        """With the post, as long as that says something. Shown as a number, never as a list of names."""
        return self.filter(post__in=Post.objects.visible_to(viewer).live().values("pk"))

    def counted(self, posts: Sequence[int], viewer: User | AnonymousUser) -> QuerySet[Reaction, dict[str, Any]]:
        """Of the posts with these keys, a row for each kind that somebody gave; see `tallies`."""
        rows = self.filter(post__in=posts).order_by().values("post", "kind")
        mine = Count("pk", filter=Q(name__holder=viewer.pk)) if viewer.pk else models.Value(0)
        return rows.annotate(total=Count("pk"), mine=mine)


def tallies(posts: Iterable[int], rows: Iterable[Mapping[str, Any]]) -> dict[int, tuple[Tally, ...]]:
    """Of each of `posts`, by its key: every kind in order. `rows` as `counted` gives them."""
    labels = [(kind.value, str(kind.label)) for kind in Kind]
    nothing = tuple(Tally(kind, label, 0, is_mine=False) for kind, label in labels)
    found: dict[int, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["post"], {})[row["kind"]] = row
    given = dict.fromkeys(posts, nothing)
    for post, kinds in found.items():
        given[post] = tuple(
            Tally(kind, label, kinds[kind]["total"], bool(kinds[kind]["mine"])) if kind in kinds else none
            for (kind, label), none in zip(labels, nothing, strict=True)
        )
    return given


class Reaction(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reactions")
    name = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "name", "kind"], name="reacted_once")]


class BookmarkQuerySet(models.QuerySet["Bookmark"]):
    def visible_to(self, viewer: User | AnonymousUser) -> BookmarkQuerySet:
        """One's own, as long as one may see the post."""
        if not viewer.is_authenticated:
            return self.none()
        return self.filter(user=viewer, post__in=Post.objects.visible_to(viewer).values("pk"))

    def on(self, post: Post) -> BookmarkQuerySet:
        return self.filter(post=post)

    def for_page(self, viewer: User | AnonymousUser) -> BookmarkQuerySet:
        kept = self.select_related("post__thread__space", "post__author__profile").order_by("-kept_at", "-pk")
        return kept.annotate(sees_noted=sees_noted(viewer))


class Bookmark(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="bookmarks")
    note = models.CharField(_("note"), max_length=400, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)

    # Put there by `for_page`.
    sees_noted: bool = False

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="kept_once")]

    @property
    def excerpt(self) -> str:
        self.post.sees_noted = self.sees_noted
        return self.post.excerpt
