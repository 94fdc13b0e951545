"""A post in its tree. `path` is its place: order and depth come from the index, never from a walk."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject, Left
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Circle, Preferences, User
from discussions.laying import Place
from discussions.models.thread import Thread
from experts.models import Name
from experts.models.name import NameQuerySet

RESTORABLE = timedelta(days=30)
LONGEST_NOTE = 80
BEGINNING = 160  # characters of a post where only a line of it is shown


def is_folded(note: str, *, sees_noted: bool) -> bool:
    """The one rule of content notes (D3, N13): what carries one isn't shown to a reader, not in part either, unless
    they chose to see such texts, or ask for this one."""
    return bool(note) and not sees_noted


def in_place_of(note: str) -> str:
    """What stands where the text would."""
    return gettext("Content note: %(note)s") % {"note": note}


def sees_noted(viewer: User | AnonymousUser) -> models.expressions.BaseExpression:
    """Whether the viewer chose to see texts with a content note, for a query of what they see."""
    chose = Preferences.objects.visible_to(viewer).filter(shows_noted=True)
    return Exists(chose) if viewer.is_authenticated else Value(False)


def with_voices(names: NameQuerySet) -> NameQuerySet:
    """Fetches along what tells whose words these are (see `experts.veils`), and their faces."""
    return names.with_faces().select_related("veil")


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, viewer: User | AnonymousUser) -> PostQuerySet:
        """Whoever sees the thread sees its posts; a deleted one as a stub, whose text is no longer in the row."""
        return self.filter(thread__in=Thread.objects.visible_to(viewer).values("pk"))

    def live(self) -> PostQuerySet:
        """Those that still say something."""
        return self.filter(deleted_at=None)

    def past_restoring(self, now: datetime) -> PostQuerySet:
        """Deleted longer than thirty days ago (D7), but for those about which an appeal waits: when it is won, the
        text comes back (D13)."""
        waiting = Post.objects.filter(decisions__appeal__outcome="")
        return self.filter(deleted_at__lt=now - RESTORABLE).exclude(pk__in=waiting.values("pk"))

    def with_faces(self) -> PostQuerySet:
        return self.select_related("author__profile", "parent__author__profile")

    def for_page(self) -> PostQuerySet:
        """What a page shows of each post: its HTML; whom it answers by number and name. Who speaks is fetched once for
        all of them (see `mentions.people_on`)."""
        answered = {"parent_number": F("parent__number"), "parent_author": F("parent__author")}
        return self.annotate(**answered).with_files().defer("source", "plain", "path")

    def with_files(self) -> PostQuerySet:
        """`files`: of each post what is printed of its attachments, in the same query, in no order."""
        from discussions.models.attachment import Attachment  # which points here

        files = Attachment.objects.filter(post=OuterRef("pk"))
        told = JSONObject(**{name: name for name in ("key", "kind", "words", "size", "width", "height", "position")})
        return self.annotate(files=ArraySubquery(files.values(told=told)))

    def for_eyes_of(self, viewer: User | AnonymousUser) -> PostQuerySet:
        """Puts on each whether the viewer chose to see texts with a content note; `excerpt` and `is_folded` ask it."""
        return self.annotate(sees_noted=sees_noted(viewer))

    def for_choosing(self, viewer: User | AnonymousUser) -> PostQuerySet:
        """What a short row shows of each: faces and, as `first_words`, how it begins."""
        posts = self.select_related("author__profile").annotate(first_words=Left("plain", 2 * BEGINNING))
        return posts.for_eyes_of(viewer).defer("source", "html", "plain", "path")

    def for_editing(self) -> PostQuerySet:
        return self.select_related("author", "thread__space")

    def for_why(self) -> PostQuerySet:
        """What a line about each says: thread, space and face, without the texts."""
        texts = ("source", "html", "plain", "path", "thread__stand_source", "thread__stand_html")
        return self.select_related("thread__space", "author__profile", "author__veil").defer(*texts)

    def written_since(self, moment: datetime) -> PostQuerySet:
        """Those that still say something, the newest first."""
        return self.live().filter(posted_at__gt=moment).order_by("-posted_at", "-pk")

    def of(self, thread: Thread) -> PostQuerySet:
        return self.filter(thread=thread)

    def in_tree(self) -> PostQuerySet:
        return self.order_by("thread", "path")

    def in_time(self) -> PostQuerySet:
        return self.order_by("thread", "number")

    def written_by(self, user: User) -> PostQuerySet:
        """Under whichever name, as “a member” too. For `user` alone: nobody else may learn what it finds."""
        return self.filter(Q(author__holder=user) | Q(author__veil__user=user))

    def gone_of(self, user: User, now: datetime) -> PostQuerySet:
        """What `user` wrote and what was deleted or hidden of that, as long as the text is kept; the latest first."""
        kept = Exists(Revision.objects.filter(post=OuterRef("pk")))
        past = Post.objects.past_restoring(now)
        mine = self.written_by(user).filter(kept, deleted_at__isnull=False)
        return mine.exclude(pk__in=past.values("pk")).order_by("-deleted_at", "-pk")

    def for_gone(self, viewer: User) -> PostQuerySet:
        """Puts on each whether the viewer can open its place, and `kept_words`, how the text began."""
        last = Revision.objects.filter(post=OuterRef("pk")).order_by("-replaced_at", "-pk")
        posts = self.select_related("author__veil", "thread__space").defer("path", "thread__stand_html")
        return posts.annotate(
            is_open=Exists(Post.objects.visible_to(viewer).filter(pk=OuterRef("pk"))),
            kept_words=Subquery(last.annotate(begin=Left("plain", 400)).values("begin")[:1]),
        )

    def not_written_by(self, user: User) -> PostQuerySet:
        return self.exclude(pk__in=Post.objects.written_by(user).values("pk"))

    def of_form(self, user: User, form_key: uuid.UUID | str) -> PostQuerySet:
        """What `user` wrote, under whichever name, with the form that carried this key."""
        return self.written_by(user).filter(form_key=form_key)

    def numbered(self, ranges: Iterable[tuple[int, int]]) -> PostQuerySet:
        """Those whose number lies in one of `ranges` (from, up to but not including), found by the index."""
        rule = Q()
        for low, high in ranges:
            rule |= Q(number__gte=low, number__lt=high)
        return self.filter(rule) if rule else self.none()

    def before_in_tree(self, post: Post) -> int:
        """How many posts of its thread come before it, read as a tree."""
        return self.filter(thread=post.thread_id, path__lt=bytes(post.path)).count()

    def next_key(self) -> int:
        """A key that the next post may have, for what must know it beforehand."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [self.model._meta.db_table])
            return cursor.fetchone()[0]

    def put(self, places: Mapping[int, Iterable[Place]]) -> None:
        """Puts posts where `places` (by the key of their thread) says. One statement, which leaves alone what stays
        as it is; the caller has locked the threads."""
        rows = [(thread, place) for thread, those in places.items() for place in those]
        names = ("pk", "number", "path", "depth", "parent", "reply_count")
        columns = [[getattr(place, name) for _thread, place in rows] for name in names]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.model._meta.db_table} AS post SET thread_id = new.thread, number = new.number, "  # noqa: S608  values are parameters
                "path = new.path, depth = new.depth, parent_id = new.parent, reply_count = new.reply_count "
                "FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::bytea[], %s::int[], %s::bigint[], %s::int[]) "
                "AS new (thread, id, number, path, depth, parent, reply_count) WHERE post.id = new.id AND "
                "(post.thread_id, post.number, post.path, post.depth, post.parent_id, post.reply_count) IS DISTINCT "
                "FROM (new.thread, new.number, new.path, new.depth, new.parent, new.reply_count)",
                [[thread for thread, _place in rows], *columns],
            )


class Post(models.Model):
    files: list[dict[str, Any]]  # after with_files

    # Of the indexes below those that begin with a thread, and with an author, find them.
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts", db_index=False)
    author = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="posts", db_index=False)
    parent = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="replies")
    number = models.PositiveIntegerField(editable=False)  # 1 is the opening post; dense within the thread
    path = models.BinaryField(max_length=2000, editable=False)  # see discussions/tree.py
    depth = models.PositiveIntegerField(default=0, editable=False)
    # Places handed out directly under it, deleted ones too: the ordinal of the next one.
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    source = models.TextField(_("text"))
    html = models.TextField(editable=False)
    plain = models.TextField(editable=False)
    # What a reader should know before they read, in the author's words; the text is folded under it (D3).
    content_note = models.CharField(_("content note"), max_length=LONGEST_NOTE, blank=True)
    posted_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by_author = models.BooleanField(default=True, editable=False)  # False: a coordinator did
    # A coordinator said that it can't wait: told at once, in quiet hours too (N2).
    urgent_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Handed out with the form, so that a form sent twice gives one post (R1).
    form_key = models.UUIDField(null=True, blank=True, editable=False)

    # Put there by `for_eyes_of`; without it nobody is taken for somebody who chose to see.
    sees_noted: bool = False
    first_words: str  # put there by for_choosing
    parent_number: int | None  # these two by for_page
    parent_author: int | None
    is_open: bool  # by for_gone, and the next
    kept_words: str | None

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [
            # Deleted posts are few; unread counts subtract them without touching the living (see reading.py).
            models.Index(fields=["thread", "number"], condition=~Q(deleted_at=None), name="deleted_posts"),
            models.Index(fields=["author", "thread", "number"], name="posts_of_a_name"),
        ]
        constraints = [
            # Held at the end of a statement: one statement may give a whole thread other numbers and places.
            models.UniqueConstraint(
                fields=["thread", "number"], name="one_post_per_number", deferrable=models.Deferrable.IMMEDIATE
            ),
            models.UniqueConstraint(
                fields=["thread", "path"], name="one_post_per_place", deferrable=models.Deferrable.IMMEDIATE
            ),
            models.UniqueConstraint(fields=["author", "form_key"], name="one_post_per_form"),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None) | models.Q(source="", html="", plain="", content_note=""),
                name="a_deleted_post_says_nothing",
            ),
        ]

    def get_absolute_url(self) -> str:
        """The link that always arrives, whatever page and reading holds the post."""
        return reverse("discussions:post", args=[self.pk])

    def kept_until(self) -> datetime | None:
        """When the text of a deleted post is let go of."""
        return self.deleted_at + RESTORABLE if self.deleted_at else None

    @property
    def anchor(self) -> str:
        """What an address ends with that leads to it on its page: by key, which stays when a split or merge gives it
        another number."""
        return f"post-{self.pk}"

    @property
    def is_folded(self) -> bool:
        return is_folded(self.content_note, sees_noted=self.sees_noted)

    @property
    def excerpt(self) -> str:
        """The plain text, for whoever is to get a part of it: a teaser, a list. The reader cuts it."""
        return in_place_of(self.content_note) if self.is_folded else self.plain


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, viewer: User | AnonymousUser) -> RevisionQuerySet:
        """Earlier texts are readable with the post; those of a deleted post by nobody."""
        return self.filter(post__in=Post.objects.visible_to(viewer).live().values("pk"))

    def of(self, post: Post) -> RevisionQuerySet:
        """The texts that `post` had, the latest first."""
        return self.filter(post=post).order_by("-replaced_at", "-pk")

    def past_restoring(self, now: datetime) -> RevisionQuerySet:
        """The texts of posts that nobody brings back any more."""
        return self.filter(post__in=Post.objects.past_restoring(now).values("pk"))


class Revision(models.Model):
    """A text the post had before: kept at each edit, and at deletion for thirty days."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    # Of the thread, when it was hidden together with its opening post; empty otherwise.
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    html = models.TextField()
    plain = models.TextField()
    content_note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    objects = RevisionQuerySet.as_manager()


class Mention(models.Model):
    """Who was called in a post. Removed with the mention."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    name = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "name"], name="mentioned_once")]


class GroupMention(models.Model):
    """Which circle was called in a post, as `@kerngroep`. NULL keeps: the coordinators. Removed with the mention."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="group_mentions")
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "circle"], nulls_distinct=False, name="group_mentioned_once")
        ]
