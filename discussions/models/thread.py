"""A thread: a title, an opening post and its replies. Its rule leans on its space's by sub-query."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, F, FilteredRelation, Max, OuterRef, Q, Subquery, Sum, Value, Window
from django.db.models.functions import JSONObject, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from psycopg.types.multirange import Multirange
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from accounts.models import User
from accounts.models.preferences import MailDetail
from discussions.models.space import Space
from discussions.unread import Unread
from experts.models import Name, Topic

# What stands in discussions/urls.py where a thread has its slug.
TAKEN = {"tidy"}


class Kind(models.TextChoices):
    DISCUSSION = "discussion", _("discussion")
    QUESTION = "question", _("question")
    PAGE = "page", _("about a page")


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, viewer: User | AnonymousUser) -> ThreadQuerySet:
        """Whoever sees the space sees its threads, except those a coordinator removed."""
        return self.removed_or_not(viewer).filter(removed_at=None)

    def removed_or_not(self, viewer: User | AnonymousUser) -> ThreadQuerySet:
        """What was removed too: for coordinators who judge that, and for the title that its opener is told."""
        return self.filter(space__in=Space.objects.visible_to(viewer).values("pk"))

    def about(self, topic: Topic) -> ThreadQuerySet:
        return self.filter(tagged__tag=topic)

    def questions(self) -> ThreadQuerySet:
        return self.filter(kind=Kind.QUESTION)

    def with_faces(self) -> ThreadQuerySet:
        return self.select_related("space", "author__profile")

    def with_topics(self) -> ThreadQuerySet:
        """Puts `topic_list` on each: name and slug of its topics, in the same query."""
        words = Topic.objects.filter(tagged_threads__content_object=OuterRef("pk")).order_by("name")
        return self.annotate(topic_list=ArraySubquery(words.values(json=JSONObject(name="name", slug="slug"))))

    def with_unread(self, viewer: User | AnonymousUser) -> ThreadQuerySet:
        """Puts on each `unread`, how many posts the viewer hasn't read, and `mine_read`, the ranges they have."""
        if not viewer.is_authenticated:
            nothing = Value(None, output_field=models.TextField(null=True))
            return self.annotate(unread=Value(0), mine_read=nothing)
        return self.annotate(
            mine=FilteredRelation("readings", condition=Q(readings__user=viewer.pk)),
            mine_read=F("mine__read"),
            unread=Unread("pk", "last_number", "mine__read"),
        )

    def with_my_name(self, viewer: User | AnonymousUser) -> ThreadQuerySet:
        """Puts `my_name` on each: the id of the name under which the viewer spoke there last, so that a form never
        proposes another one and a pseudonym isn't given away by mistake; the anonymous one wherever they have one."""
        if not viewer.pk:
            return self.annotate(my_name=Value(None, output_field=models.BigIntegerField(null=True)))
        # The last post of each of my few names; with + 0, since by its order PostgreSQL would look for mine backwards
        # through all posts of the thread.
        later: Any = self.model._meta.get_field("posts").related_model  # which stands below, and needs this one
        mine = later.objects.filter(thread=OuterRef(OuterRef("pk")), author=OuterRef("pk")).order_by().values("author")
        last = mine.annotate(last=Max(F("number") + 0)).values("last")
        veiled = Name.objects.filter(veil__user=viewer.pk).values("pk")
        names = Name.objects.filter(Q(holder=viewer.pk) | Q(pk__in=veiled))
        spoke = names.annotate(spoke=Subquery(last)).exclude(spoke=None)
        return self.annotate(my_name=Subquery(spoke.order_by("-is_anonymous", "-spoke").values("pk")[:1]))

    def with_lock_reason(self) -> ThreadQuerySet:
        locks = Thread.objects.filter(pk=OuterRef("pk"), decisions__act="lock").order_by("-decisions__decided_at")
        return self.annotate(lock_reason=Subquery(locks.values("decisions__reason")[:1]))

    def with_decided(self) -> ThreadQuerySet:
        """Puts on each its chosen answer, `poll_list`, and whether "where we stand" said something else before."""
        polls = Thread.objects.filter(pk=OuterRef("pk"), polls__isnull=False).order_by("polls__pk")
        facts = {
            field: f"polls__{field}" for field in ("pk", "question", "kind", "opens_at", "closes_at", "closed_at")
        }
        earlier = Thread.objects.filter(pk=OuterRef("pk"), earlier_stands__isnull=False)
        texts = ("answer__source", "answer__html", "answer__plain", "answer__path")
        threads = self.select_related("answer__author__profile").defer(*texts)
        return threads.annotate(
            poll_list=ArraySubquery(polls.values(json=JSONObject(**facts))), has_earlier_stand=Exists(earlier)
        )

    def for_page(self, viewer: User | AnonymousUser) -> ThreadQuerySet:
        """All that the page of a thread shows above its posts, in one query."""
        threads = self.with_faces().select_related("author__veil", "stand_by__profile").with_topics()
        return threads.with_unread(viewer).with_my_name(viewer).with_lock_reason().with_decided()

    def for_rows(self, viewer: User | AnonymousUser) -> ThreadQuerySet:
        """All that a list of threads shows of each, in one query."""
        return self.with_faces().with_topics().with_unread(viewer).defer("stand_source", "stand_html")

    def in_space(self, space: Space) -> ThreadQuerySet:
        return self.filter(space=space)

    def about_slug(self, slug: str) -> ThreadQuerySet:
        return self.filter(tagged__tag__in=Topic.objects.at(slug).values("pk"))

    def with_news(self, viewer: User | AnonymousUser) -> ThreadQuerySet:
        """Those with a post the viewer hasn't read."""
        return self.with_unread(viewer).exclude(unread=0)  # type: ignore[misc]  # an annotation

    def tally_by_space(self, viewer: User | AnonymousUser) -> dict[int, dict[str, int]]:
        """Of each space: how many threads, how many unread posts. One query, no post is counted."""
        rows = self.with_unread(viewer).order_by().values("space").annotate(threads=Count("pk"), news=Sum("unread"))
        return {row["space"]: {"threads": row["threads"], "unread": row["news"] or 0} for row in rows}

    def newest_of_each_space(self, count: int) -> ThreadQuerySet:
        place = Window(RowNumber(), partition_by="space", order_by=[F("last_post_at").desc(), F("pk").desc()])
        placed = self.order_by().annotate(place=place).filter(place__lte=count)
        return self.filter(pk__in=placed.values("pk")).order_by("-last_post_at", "-pk")

    def numbered(self, number: str | None) -> ThreadQuerySet:
        """The one with this number, as an address gives it; none when that is no number."""
        is_number = number and number.isascii() and number.isdigit() and len(number) < 18
        return self.filter(pk=int(number)) if number and is_number else self.none()

    def other_than(self, thread: Thread) -> ThreadQuerySet:
        return self.exclude(pk=thread.pk)

    def titled(self, words: str) -> ThreadQuerySet:
        """Those with every one of these words in their title."""
        rule = Q()
        for word in words.split():
            rule &= Q(title__icontains=word)
        return self.filter(rule) if rule else self.none()

    def arrange(self) -> None:
        """Their posts got other numbers: what was fetched before is out of date (see Reading)."""
        self.update(arranged=F("arranged") + 1)

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
    # Kept by the actions, under a lock on this row: numbers handed out, posts that say something, the last moment.
    last_number = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField(default=timezone.now)
    # How often its posts were given other numbers: a set of numbers only means something with it.
    arranged = models.PositiveIntegerField(default=0, editable=False)
    is_pinned = models.BooleanField(default=False)
    # The most that may stand in a mail about this thread; its space and who wrote may be stricter (N3).
    mail_detail = models.CharField(_("in mail"), max_length=8, choices=MailDetail, default=MailDetail.FULL)
    locked_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # "Where we stand": written by people, heads the page and the digest (D9).
    stand_source = models.TextField(_("where we stand"), blank=True)
    stand_html = models.TextField(blank=True, editable=False)
    stand_by = models.ForeignKey(Name, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stand_at = models.DateTimeField(null=True, blank=True)
    # What helped, in the eyes of who asked (D9).
    answer = models.ForeignKey("discussions.Post", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    # Put there by the querysets: with_unread, with_topics, with_my_name, with_lock_reason, with_decided.
    unread: int
    mine_read: Multirange | None
    topic_list: list[dict[str, str]]
    my_name: int | None
    lock_reason: str | None
    poll_list: list[dict[str, Any]]
    has_earlier_stand: bool
    # By discussions/models/draft.py: with_my_draft.
    opening: int
    my_draft: dict[str, Any] | None

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

    def get_absolute_url(self) -> str:
        return reverse("discussions:thread", args=[self.pk, self.slug])

    @property
    def slug(self) -> str:
        """What follows the number in its address; never one of the words that lead elsewhere there."""
        slug = slugify(self.title)[:60] or "x"
        return f"{slug}-" if slug in TAKEN else slug

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    def is_spoken_in_by(self, name: Name) -> bool:
        return self.author_id == name.pk or name.posts.filter(thread=self).exists()

    @property
    def reply_total(self) -> int:
        """Replies that still say something."""
        return max(self.post_count - 1, 0)
