"""A post in its tree. `path` is its place: order and depth come from the index, never from a walk."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from discussions.models.thread import Thread
from experts.models import Name


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, viewer: User | AnonymousUser) -> PostQuerySet:
        """Whoever sees the thread sees its posts; a deleted one as a stub, whose text is no longer in the row."""
        return self.filter(thread__in=Thread.objects.visible_to(viewer).values("pk"))

    def live(self) -> PostQuerySet:
        """Those that still say something."""
        return self.filter(deleted_at=None)

    def with_faces(self) -> PostQuerySet:
        return self.select_related("author__profile", "parent__author__profile")


class Post(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="posts")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    number = models.PositiveIntegerField(editable=False)  # 1 is the opening post; dense within the thread
    path = models.BinaryField(max_length=2000, editable=False)  # see discussions/tree.py
    depth = models.PositiveIntegerField(default=0, editable=False)
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    source = models.TextField(_("text"))
    html = models.TextField(editable=False)
    plain = models.TextField(editable=False)
    posted_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # Handed out with the form, so that a form sent twice gives one post (R1).
    form_key = models.UUIDField(null=True, blank=True, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="one_post_per_number"),
            models.UniqueConstraint(fields=["thread", "path"], name="one_post_per_place"),
            models.UniqueConstraint(fields=["author", "form_key"], name="one_post_per_form"),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None) | models.Q(source="", html="", plain=""),
                name="a_deleted_post_says_nothing",
            ),
        ]

    def get_absolute_url(self) -> str:
        """The link that always arrives, whatever page and reading holds the post."""
        return reverse("discussions:post", args=[self.pk])


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, viewer: User | AnonymousUser) -> RevisionQuerySet:
        """Earlier texts are readable with the post; those of a deleted post by nobody."""
        return self.filter(post__in=Post.objects.visible_to(viewer).live().values("pk"))


class Revision(models.Model):
    """A text the post had before: kept at each edit, and at deletion for thirty days."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    source = models.TextField()
    html = models.TextField()
    plain = models.TextField()
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    objects = RevisionQuerySet.as_manager()


class Mention(models.Model):
    """Who was called in a post. Removed with the mention."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    name = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "name"], name="mentioned_once")]
