"""A thread: a title, an opening post and its replies. Its rule leans on its space's by sub-query."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from accounts.models import User
from discussions.models.space import Space
from experts.models import Name, Topic


class Kind(models.TextChoices):
    DISCUSSION = "discussion", _("discussion")
    QUESTION = "question", _("question")
    PAGE = "page", _("about a page")


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ThreadQuerySet:
        """Whoever sees the space sees its threads, except those a coordinator removed."""
        return self.filter(space__in=Space.objects.visible_to(viewer).values("pk"), removed_at=None)

    def newest_first(self) -> ThreadQuerySet:
        """Pinned ones on top, then by the last post."""
        return self.order_by("-is_pinned", "-last_post_at", "-pk")


class TaggedThread(ItemBase):
    content_object = models.ForeignKey("discussions.Thread", on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="tagged_threads")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="thread_tagged_once")]


class Thread(models.Model):
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="threads")
    title = models.CharField(_("title"), max_length=200)
    author = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="threads")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.DISCUSSION)
    topics = TaggableManager(through=TaggedThread, blank=True, verbose_name=_("topics"))
    opened_at = models.DateTimeField(default=timezone.now)
    # Kept by the actions, under a lock on this row: numbers handed out, posts that still say something, the last moment.
    last_number = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField(default=timezone.now)
    is_pinned = models.BooleanField(default=False)
    locked_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # "Where we stand": written by people, heads the page and the digest (D9).
    stand_source = models.TextField(_("where we stand"), blank=True)
    stand_html = models.TextField(blank=True, editable=False)
    stand_by = models.ForeignKey(Name, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stand_at = models.DateTimeField(null=True, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        indexes = [
            models.Index(fields=["space", "-is_pinned", "-last_post_at", "-id"], name="threads_of_a_space"),
            models.Index(fields=["-last_post_at", "-id"], name="threads_by_last_post"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        return slugify(self.title)[:60] or "x"

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    def get_absolute_url(self) -> str:
        return reverse("discussions:thread", args=[self.pk, self.slug])
