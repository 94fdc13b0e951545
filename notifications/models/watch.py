"""How closely a member follows a space, a thread, a topic or a letter (N1); a name can be muted.

No row: a thread is as its space and topics, a space normal, a topic or letter not followed, a name heard. A row of a
thread that has no level: somebody put it back to that; the row keeps the day for "why did I (not) get this?".
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from discussions.models import Space, TaggedThread, Thread
from experts.models import Name, Topic
from letters.models import Letter
from notifications.levels import AS_SPACE, TOLD_BY_LEVEL, Level


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, viewer: User | AnonymousUser) -> WatchQuerySet:
        """One's own, of what one can still see: whom somebody follows or mutes is nobody else's affair."""
        if not viewer.is_authenticated:
            return self.none()
        return self.filter(user=viewer).filter(
            Q(space__in=Space.objects.visible_to(viewer).values("pk"))
            # Asked of each row, which are few, and not of every thread there is.
            | Q(Exists(Thread.objects.visible_to(viewer).filter(pk=OuterRef("thread"))))
            | Q(topic__in=Topic.objects.visible_to(viewer).values("pk"))
            | Q(name__in=Name.objects.visible_to(viewer).values("pk"))
            | Q(letter__in=Letter.objects.visible_to(viewer).values("pk"))
        )

    def chosen(self) -> WatchQuerySet:
        """For a list of what somebody follows: spaces, topics, threads, letters, names, each with its name at hand.
        Not what they put back to where everybody begins."""
        rows = self.exclude(level=AS_SPACE).exclude(space__isnull=False, level=Level.NORMAL)
        return rows.select_related("space", "thread__space", "topic", "name__profile", "letter").order_by(
            F("space__position").asc(nulls_last=True),
            "space__name",
            F("topic__name").asc(nulls_last=True),
            F("thread__title").asc(nulls_last=True),
            F("letter__position").asc(nulls_last=True),
            "name__display_name",
            "pk",
        )

    def level_in_space(self, space: Space) -> Level:
        """Among one member's rows: how closely they follow `space`."""
        return Level(self.filter(space=space).values_list("level", flat=True).first() or Level.NORMAL)

    def level_of_topic(self, topic: Topic) -> Level:
        return Level(self.filter(topic=topic).values_list("level", flat=True).first() or Level.NORMAL)

    def level_of_letter(self, letter: Letter) -> Level:
        """Muted is what somebody chose who doesn't want to hear of it, as new either."""
        return Level(self.filter(letter=letter).values_list("level", flat=True).first() or Level.NORMAL)

    def mutes(self, name: Name) -> bool:
        return self.filter(name=name).exists()


class Watch(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watches")
    # Exactly one of these is set.
    space = models.ForeignKey(Space, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    # That one name, and no other of the same person: nothing may lead from one to the other (P7).
    name = models.ForeignKey(Name, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    level = models.CharField(_("level"), max_length=9, choices=Level, blank=True)  # empty: AS_SPACE
    chosen_at = models.DateTimeField(default=timezone.now)  # for "why did I (not) get this?" (N5)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch level")
        verbose_name_plural = _("watch levels")
        constraints = [
            models.CheckConstraint(
                condition=Exact(
                    Func(
                        "space",
                        "thread",
                        "topic",
                        "name",
                        "letter",
                        function="num_nonnulls",
                        output_field=IntegerField(),
                    ),
                    1,
                ),
                name="one_thing_is_followed",
            ),
            models.CheckConstraint(
                condition=Q(level__in=Level.values) | Q(level=AS_SPACE, thread__isnull=False), name="a_known_level"
            ),
            models.CheckConstraint(
                condition=Q(topic=None) | Q(level__in=[level.value for level in TOLD_BY_LEVEL]),
                name="a_topic_is_followed_or_not",
            ),
            models.CheckConstraint(
                condition=Q(letter=None) | Q(level__in=[Level.WATCHING, Level.FOLLOWING, Level.MUTED]),
                name="a_letter_is_followed_or_muted",
            ),
            models.CheckConstraint(condition=Q(name=None) | Q(level=Level.MUTED), name="a_name_is_only_muted"),
            models.UniqueConstraint(fields=["user", "space"], name="one_level_per_space"),
            models.UniqueConstraint(fields=["user", "thread"], name="one_level_per_thread"),
            models.UniqueConstraint(fields=["user", "topic"], name="one_level_per_topic"),
            models.UniqueConstraint(fields=["user", "letter"], name="one_level_per_letter"),
            models.UniqueConstraint(fields=["user", "name"], name="a_name_muted_once"),
        ]
        indexes = [
            models.Index(fields=["space", "level"], name="watchers_of_a_space"),
            models.Index(fields=["thread", "level"], name="watchers_of_a_thread"),
        ]


# Which of a member's rows counts in a thread: its own; else a muted space; else the nearer of space and topics.
FIRST = Case(
    When(thread__isnull=False, then=0),
    When(space__isnull=False, level=Level.MUTED, then=1),
    When(level=Level.WATCHING, then=2),
    When(level=Level.FOLLOWING, then=3),
    default=4,
    output_field=IntegerField(),
)


def level_in(thread: Thread, *, user: str = "pk") -> Coalesce:
    """The level that counts in `thread`, as an expression on rows whose account is found at the path `user`."""
    topics = TaggedThread.objects.filter(content_object=thread).values("tag")
    return _nearest(Q(thread=thread) | Q(space=thread.space_id) | Q(topic__in=topics), OuterRef(user))


def level_of_row(*, thread: str, user: str | int | None, letter: str = "") -> Coalesce:
    """As `level_in`, on rows whose thread is found at this path; or `letter`, where it is a letter's. `user`: the path
    to the account, or the key of one."""
    topics = TaggedThread.objects.filter(content_object=OuterRef(OuterRef(thread))).values("tag")
    here = Q(thread=OuterRef(thread)) | Q(space=OuterRef(f"{thread}__space")) | Q(topic__in=topics)
    if letter:
        here |= Q(letter=OuterRef(letter))
    return _nearest(here, OuterRef(user) if isinstance(user, str) else user)


def level_for(letter: Letter) -> Coalesce:
    """How closely `letter` is followed, as an expression on accounts."""
    return _nearest(Q(letter=letter), OuterRef("pk"))


def _nearest(here: Q, user: Any) -> Coalesce:
    rows = Watch.objects.filter(here, user=user).exclude(level=AS_SPACE).order_by(FIRST)
    return Coalesce(Subquery(rows.values("level")[:1]), Value(Level.NORMAL.value))


def level_among(own: str | None, of_space: str | None, of_topics: list[str]) -> Level:
    """The same rule as `level_in`, for rows at hand; a test holds the two equal."""
    if own:
        return Level(own)
    near = [level for level in (of_space, *of_topics) if level]
    if of_space == Level.MUTED:
        return Level.MUTED
    return next((level for level in TOLD_BY_LEVEL if level in near), Level.NORMAL)
