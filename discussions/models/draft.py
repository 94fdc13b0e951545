"""A text that isn't placed yet, kept on the server while its author types (D4). One per author and place.

This file is the only way to drafts: whoever must rewrite or forget texts (a purge, an account that ends) finds them
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.audiences import is_member
from accounts.models import User
from discussions.models.post import Post
from discussions.models.space import Space
from discussions.models.thread import Thread, ThreadQuerySet

UNUSED = timedelta(days=90)


class Kind(models.TextChoices):
    """What the text becomes when it is placed. Its value is also the first half of a place's address."""

    REPLY = "reply"
    EDIT = "edit"
    THREAD = "thread"
    STAND = "stand"


# The column that holds the place of each kind.
COLUMN = {Kind.REPLY: "post", Kind.EDIT: "post", Kind.THREAD: "space", Kind.STAND: "thread"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is being written: a reply to, or an edit of, post `pk`; a new thread in space `pk`; the summary of
    thread `pk`. As a word, in forms: "reply.12"."""

    kind: Kind
    pk: int

    def __str__(self) -> str:
        return f"{self.kind.value}.{self.pk}"

    @classmethod
    def of(cls, word: str) -> Place | None:
        kind, _dot, number = word.partition(".")
        if kind not in Kind.values or not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        return cls(Kind(kind), int(number))

    @property
    def columns(self) -> dict[str, Any]:
        return {"kind": self.kind, f"{COLUMN[self.kind]}_id": self.pk}


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, viewer: User | AnonymousUser) -> DraftQuerySet:
        """Its author, whatever became of the place; nobody else, ever."""
        return self.filter(author=viewer.pk) if is_member(viewer) else self.none()

    def at(self, place: Place) -> DraftQuerySet:
        return self.filter(**place.columns)

    def latest_first(self) -> DraftQuerySet:
        return self.order_by("-changed_at", "-pk")

    def past_keeping(self, now: datetime) -> DraftQuerySet:
        """Those that nobody touched for ninety days, and changes to a post whose text is gone for good (D7)."""
        of_a_purged_post = Q(kind=Kind.EDIT, post__in=Post.objects.past_restoring(now).values("pk"))
        return self.filter(Q(changed_at__lt=now - UNUSED) | of_a_purged_post)


class Draft(models.Model):
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=8, choices=Kind)
    # The place; NULL when it is gone for good. The text stays its author's.
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts")
    thread = models.ForeignKey(Thread, on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts")
    space = models.ForeignKey(Space, on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts")
    text = models.TextField(blank=True)
    # The other fields of the form, as they were filled in: title, kind, topics, the name one writes as.
    filled = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["author", "-changed_at"], name="drafts_of_an_author")]
        constraints = [
            models.UniqueConstraint(fields=["author", "kind", "post"], name="one_draft_per_post"),
            models.UniqueConstraint(fields=["author", "space"], name="one_draft_per_space"),
            models.UniqueConstraint(fields=["author", "thread"], name="one_draft_per_thread"),
            models.CheckConstraint(
                condition=(Q(kind__in=[Kind.REPLY, Kind.EDIT]) & Q(space=None, thread=None))
                | (Q(kind=Kind.THREAD) & Q(post=None, thread=None))
                | (Q(kind=Kind.STAND) & Q(post=None, space=None)),
                name="a_draft_stands_in_one_place",
            ),
        ]

    @property
    def place(self) -> Place | None:
        pk = getattr(self, f"{COLUMN[Kind(self.kind)]}_id")
        return Place(Kind(self.kind), pk) if pk else None

    @property
    def stamp(self) -> str:
        """Says which state of which draft a form began with. A thrown away draft's stamp never comes back."""
        return f"{self.pk}.{self.version}"

    @property
    def title(self) -> str:
        return str(self.filled.get("title", ""))


def with_my_draft(threads: ThreadQuerySet, viewer: User | AnonymousUser) -> ThreadQuerySet:
    """Puts on each, in the query that fetches it: `opening`, the key of its first post, and `my_draft`, what the
    viewer began to write in answer to that; see `from_row`."""
    columns = {name: name for name in ("pk", "version", "text", "filled", "changed_at")}
    mine = Draft.objects.visible_to(viewer).filter(kind=Kind.REPLY, post__number=1, post__thread=OuterRef("pk"))
    openings = Post.objects.filter(thread=OuterRef("pk"), number=1)
    found: dict[str, Any] = {
        "opening": Subquery(openings.values("pk")[:1]),
        "my_draft": Subquery(mine.values(json=JSONObject(**columns))[:1]),
    }
    return threads.annotate(**found)


def from_row(row: dict[str, Any] | None) -> Draft | None:
    """The draft in what `with_my_draft` fetched."""
    if row is None:
        return None
    return Draft(kind=Kind.REPLY, **row | {"changed_at": datetime.fromisoformat(row["changed_at"])})
