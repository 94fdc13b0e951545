"""The outbox: one row for each thing that happened, written in the transaction that did it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, Func, IntegerField, OuterRef, Q
from django.db.models.lookups import Exact

from accounts.models import User
from accounts.models.preferences import MailDetail
from accounts.models.user import Role
from cms.models import KnowledgePage, TaggedPage
from discussions.models import Poll, Post, Thread
from experts.models import Name
from letters.models import Letter
from letters.models.letter import State as LetterState
from notifications.levels import TOLD_BY_LEVEL, Level
from notifications.models.watch import Watch, level_of_row


class Kind(models.TextChoices):
    THREAD_OPENED = "thread_opened"
    POST_PUBLISHED = "post_published"
    MENTION_ADDED = "mention_added"
    MADE_URGENT = "made_urgent"
    LETTER_OPENED = "letter_opened"
    LETTER_CLOSED = "letter_closed"
    LETTER_DELIVERED = "letter_delivered"
    LETTER_ANSWERED = "letter_answered"
    # Of these nobody gets a delivery; overview, inbox and catching up ask for them.
    POLL_OPENED = "poll_opened"
    PAGE_NEW = "page_new"
    PAGE_CHECKED = "page_checked"


SOON = timedelta(hours=48)  # a vote that closes by then stands in the overview
PAGES = (Kind.PAGE_NEW, Kind.PAGE_CHECKED)
ANYBODY_HERE = User(pk=0, role=Role.MEMBER)  # a member in no circle: sees what every member sees


class OutboxQuerySet(models.QuerySet["Event"]):
    def visible_to(self, viewer: User | AnonymousUser) -> OutboxQuerySet:
        """Whoever sees the post, letter, poll or page knows that it is there."""
        return self.filter(
            Q(post__in=Post.objects.visible_to(viewer).values("pk"))
            | Q(letter__in=Letter.objects.visible_to(viewer).values("pk"))
            | Q(poll__in=Poll.objects.visible_to(viewer).values("pk"))
            | Q(page__in=KnowledgePage.objects.visible_to(viewer).values("pk"))
        )

    def waiting(self) -> OutboxQuerySet:
        """Nobody was told yet; the oldest first."""
        return self.filter(fanned_out_at=None).order_by("pk")

    def votes(self, now: datetime, until: datetime | models.expressions.Combinable) -> OutboxQuerySet:
        """Votes and consent rounds that are open now and close up to `until`."""
        return self.filter(
            poll__closed_at=None, poll__opens_at__lte=now, poll__closes_at__gt=now, poll__closes_at__lte=until
        )

    def offers(self, start: Any, end: Any) -> OutboxQuerySet:
        """Pages that are new or newly checked, and letters that were opened, from `start` up to `end`."""
        return self.filter(kind__in=[*PAGES, Kind.LETTER_OPENED], at__gte=start, at__lt=end)

    def votes_for(self, viewer: User | AnonymousUser) -> OutboxQuerySet:
        """Those that ask for the viewer: they see it, didn't vote, and muted neither the discussion nor who asks."""
        mine = Poll.objects.visible_to(viewer).unvoted_by(viewer).filter(pk=OuterRef("poll"))
        muted = Watch.objects.filter(user=viewer.pk, name=OuterRef("poll__author"))
        heard = self.alias(level_now=level_of_row(thread="poll__thread", user=viewer.pk))
        return heard.filter(Exists(mine), ~Exists(muted)).exclude(level_now=Level.MUTED)

    def offers_for(self, viewer: User | AnonymousUser) -> OutboxQuerySet:
        """Pages about what the viewer follows, or for whoever follows no topic all that are public; and letters that
        they chose no level for: of those that they did they are told by it. Never what only a few may see: nobody said
        what may stand in mail about that."""
        page, letter = OuterRef("page"), OuterRef("letter")
        topics = Watch.objects.filter(user=viewer.pk, topic__isnull=False, level__in=TOLD_BY_LEVEL)
        chosen = Exists(TaggedPage.objects.filter(content_object=page, tag__in=topics.values("topic")))
        seen = Exists(KnowledgePage.objects.visible_to(viewer).filter(pk=page))
        by_all = Exists(KnowledgePage.objects.visible_to(ANYBODY_HERE).filter(pk=page))
        by_everybody = Exists(KnowledgePage.objects.visible_to(AnonymousUser()).filter(pk=page))
        pages = Q(seen) & (Q(chosen) & Q(by_all) | ~Q(Exists(topics)) & Q(by_everybody))
        open_to = Letter.objects.visible_to(viewer).filter(
            pk=letter, state=LetterState.OPEN, pk__in=Letter.objects.visible_to(ANYBODY_HERE).values("pk")
        )
        letters = Q(Exists(open_to)) & ~Q(Exists(Watch.objects.filter(user=viewer.pk, letter=letter)))
        return self.filter(Q(kind__in=PAGES) & pages | Q(kind=Kind.LETTER_OPENED) & letters)

    def with_things(self) -> OutboxQuerySet:
        """Poll with its thread, page or letter; and `twin_languages`, in which a page stands on the site."""
        twins = KnowledgePage.objects.filter(translation_key=OuterRef("page__translation_key"), live=True)
        found = self.annotate(twin_languages=ArraySubquery(twins.values("locale__language_code")))
        return found.select_related("poll__thread__space", "poll__author", "page__locale", "letter").defer(
            "page__body", "poll__thread__stand_source", "poll__thread__stand_html", "poll__outcome_source",
            "poll__outcome_html", "poll__thread__space__house_rules_source", "poll__thread__space__house_rules_html",
        )  # fmt: skip


def _one_of(model: type[models.Model]) -> Any:
    """Which one is set follows from the kind: to the type checker each may be what it is."""
    return models.ForeignKey(model, on_delete=models.CASCADE, null=True, related_name="+")


class Event(models.Model):
    kind = models.CharField(max_length=16, choices=Kind)
    # One thing: a post with its thread and whose name it carries, a letter, a poll, or a page.
    thread: models.ForeignKey[Any, Any] = models.ForeignKey(
        Thread, on_delete=models.CASCADE, null=True, related_name="+"
    )
    post = _one_of(Post)
    actor = _one_of(Name)
    letter: models.ForeignKey[Any, Any] = models.ForeignKey(
        Letter, on_delete=models.CASCADE, null=True, related_name="+"
    )
    poll = _one_of(Poll)
    page: models.ForeignKey[Any, Any] = models.ForeignKey(
        KnowledgePage, on_delete=models.CASCADE, null=True, related_name="+"
    )
    day = models.DateField(null=True)  # of a page: on which it was checked, so that one check is told once
    at = models.DateTimeField()
    # The most that space, thread and author let stand in mail when it happened; loosening it later reveals nothing.
    mail_detail = models.CharField(max_length=8, choices=MailDetail, default=MailDetail.DISCREET)
    # NULL keeps: its deliveries are not planned yet.
    fanned_out_at = models.DateTimeField(null=True)

    twin_languages: list[str]  # put there by with_things

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Exact(
                    Func("post", "letter", "poll", "page", function="num_nonnulls", output_field=IntegerField()), 1
                ),
                name="one_thing_happened",
            ),
            models.CheckConstraint(
                condition=Exact(
                    Func("post", "thread", "actor", function="num_nonnulls", output_field=IntegerField()), 3
                )
                | Exact(Func("post", "thread", "actor", function="num_nonnulls", output_field=IntegerField()), 0),
                name="a_post_with_its_thread_and_name",
            ),
            models.CheckConstraint(condition=Q(page=None) | Q(day__isnull=False), name="a_page_has_its_day"),
            models.UniqueConstraint(
                fields=["page", "day"], condition=Q(page__isnull=False), name="a_page_is_told_once_for_a_day"
            ),
            models.UniqueConstraint(fields=["poll"], condition=Q(poll__isnull=False), name="a_poll_is_opened_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(fanned_out_at=None), name="events_waiting"),
            models.Index(fields=["at"], condition=~Q(page=None) | ~Q(letter=None), name="events_offered"),
        ]
