"""What stands in an issue, gathered for a whole batch in a constant number of queries (N22).

Everything is asked again here, at the moment of sending: may the member see it, is it unread, do they still follow it,
are they still called (N12). What falls out keeps its reason, and stands in no text, title or count.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import Left

from accounts.models import User
from accounts.models.preferences import MailDetail, Rhythm
from discussions.models import Mention, Post, Reading, Space, TaggedThread, Thread
from discussions.models.post import in_place_of, is_folded
from experts.faces import Face, face_of
from notifications.actions.events import still_told
from notifications.audience import who_sees
from notifications.discretion import allowed_by, strictest
from notifications.levels import PERSONAL
from notifications.models import Delivery, Issue, Watch
from notifications.models.delivery import State, Why
from notifications.models.issue import Kind as IssueKind
from notifications.models.watch import level_among
from swexpertise.writing.markdown import plain_text

SHOWN = 30  # items in one mail; the rest is counted, with a link
EXCERPT = 240  # characters
TEXTS = (  # long, and not wanted
    "plain", "html", "source", "thread__stand_source", "author__profile__introduction",
    "author__profile__publications", "thread__space__house_rules_source", "thread__space__house_rules_html",
)  # fmt: skip
_Choice = tuple[Delivery, MailDetail]


@dataclass(frozen=True, slots=True)
class Item:
    """One post as one member may see it. `excerpt` is empty where only titles may stand in mail."""

    delivery: int
    reason: str
    face: Face
    at: datetime
    post: int
    path: str
    excerpt: str
    is_edited: bool = False


@dataclass(slots=True)
class Conversation:
    thread: Thread
    items: list[Item] = field(default_factory=list)
    stand: str = ""


@dataclass(slots=True)
class Content:
    """What one issue holds. `is_sealed`: there is something in it of which nothing may stand in mail."""

    issue: Issue
    personal: list[tuple[Thread, Item]] = field(default_factory=list)
    spaces: list[tuple[Space, list[Conversation]]] = field(default_factory=list)
    more: int = 0
    is_sealed: bool = False
    is_steady: bool = False  # it comes whether or not there is something to tell (N4)
    suppressed: dict[int, Why] = field(default_factory=dict)
    reply_to: str = ""  # where this mail can be answered by mail, when it can (see addresses.py)

    @property
    def shown(self) -> list[tuple[Thread, Item]]:
        """Everything shown, the personal first."""
        rest = [(c.thread, item) for _space, threads in self.spaces for c in threads for item in c.items]
        return [*self.personal, *rest]

    @property
    def is_discreet(self) -> bool:
        """Nothing of it may be named."""
        return (self.is_sealed or self.is_steady) and not self.shown

    @property
    def is_empty(self) -> bool:
        return not self.is_sealed and not self.shown and not self.is_steady


def gather(issues: Sequence[Issue]) -> list[Content]:
    """The contents of `issues`, fetched with recipient and preferences; eight queries, however many there are."""
    deliveries: dict[int, list[Delivery]] = defaultdict(list)
    rows = Delivery.objects.filter(issue__in=issues, state=State.PLANNED).select_related("event").still_called()
    everything = list(rows.order_by("at", "pk"))
    for delivery in everything:
        deliveries[delivery.issue_id or 0].append(delivery)
    members = {issue.recipient_id: issue.recipient for issue in issues}
    now = _Now(members, everything)
    return [_content(issue, deliveries[issue.pk], now) for issue in issues]


class _Told:
    """A post as every mail of a batch may quote it: what is the same for all is made once."""

    def __init__(self, post: Post, beginning: str) -> None:
        self.post = post
        self.path = post.get_absolute_url()
        self.beginning = _short(beginning)
        self.stand = _short(plain_text(post.thread.stand_html))

    def excerpt_for(self, member: User) -> str:
        """The beginning, or the note on it for whoever didn't choose to see such texts (N13)."""
        note = self.post.content_note
        return in_place_of(note) if is_folded(note, sees_noted=member.preferences.shows_noted) else self.beginning


class _Now:
    """How things are at this moment, for all members and posts of a batch: visibility, reading, levels, mentions."""

    def __init__(self, members: Mapping[int, User], deliveries: Sequence[Delivery]) -> None:
        asked: dict[int, set[int]] = defaultdict(set)
        for delivery in deliveries:
            asked[delivery.recipient_id].add(delivery.event.post_id)
        wanted_posts = Post.objects.filter(pk__in={delivery.event.post_id for delivery in deliveries})
        wanted_posts = wanted_posts.select_related("author__profile", "thread__space").defer(*TEXTS)
        topics = TaggedThread.objects.filter(content_object=OuterRef("thread")).values("tag")
        found = wanted_posts.annotate(beginning=Left("plain", 2 * EXCERPT), topic_keys=ArraySubquery(topics))
        self.posts = {post.pk: _Told(post, post.beginning) for post in found}
        self.topics = {post.thread_id: post.topic_keys for post in found}
        self.faces: dict[tuple[int, int], Face] = {}
        threads = {told.post.thread_id for told in self.posts.values()}
        self.seen = who_sees((members[pk], wanted) for pk, wanted in asked.items())
        self.read = {
            (reading.user_id, reading.thread_id): reading.read
            for reading in Reading.objects.filter(user__in=asked, thread__in=threads)
        }
        self.levels: dict[tuple[int, str, int], str] = {}
        for watch in Watch.objects.filter(user__in=asked):
            for kind in ("thread", "space", "topic", "name"):
                if key := getattr(watch, f"{kind}_id"):
                    self.levels[watch.user_id, kind, key] = watch.level
        self.called = set(
            Mention.objects.filter(post__in=self.posts, name__retired_at=None, name__holder__in=asked).values_list(
                "name__holder", "post"
            )
        )

    def face(self, post: Post, viewer: User) -> Face:
        key = (post.author_id, viewer.pk)
        if key not in self.faces:
            self.faces[key] = face_of(post.author, viewer)
        return self.faces[key]

    def level(self, member: int, thread: Thread) -> str:
        of_topics = [self.levels.get((member, "topic", topic), "") for topic in self.topics[thread.pk]]
        of_space = self.levels.get((member, "space", thread.space_id))
        return level_among(self.levels.get((member, "thread", thread.pk)), of_space, of_topics)

    def objection(self, delivery: Delivery) -> Why | None:
        """Why this isn't told after all; None when it is."""
        member, post = delivery.recipient_id, self.posts[delivery.event.post_id].post
        if (member, post.pk) not in self.seen:
            return Why.UNSEEN
        if any(post.number in part for part in self.read.get((member, post.thread_id), ())):
            return Why.READ
        if (member, "name", post.author_id) in self.levels:
            return Why.MUTED
        level, is_mentioned = self.level(member, post.thread), (member, post.pk) in self.called
        if not still_told(delivery.reason, level, is_mentioned=is_mentioned, is_called=delivery.is_called):
            return Why.LEVEL
        return None


def _content(issue: Issue, deliveries: Iterable[Delivery], now: _Now) -> Content:
    content, member = Content(issue), issue.recipient
    if not member.is_active or member.preferences.rhythm == Rhythm.NEVER:
        reason = Why.NEVER if member.is_active else Why.AWAY
        content.suppressed = {delivery.pk: reason for delivery in deliveries}
        return content
    content.is_steady = issue.kind == IssueKind.DIGEST and member.preferences.keeps_steady
    told: dict[int, _Choice] = {}
    for delivery in deliveries:
        if why := now.objection(delivery):
            content.suppressed[delivery.pk] = why
            continue
        allowed = allowed_by(now.posts[delivery.event.post_id].post)
        detail = strictest(delivery.mail_detail, member.preferences.detail, allowed)
        if detail == MailDetail.DISCREET:
            content.is_sealed = True
        elif delivery.event.post_id not in told or delivery.reason in PERSONAL:
            told[delivery.event.post_id] = delivery, detail
    ordered = sorted(told.values(), key=lambda one: one[0].reason not in PERSONAL)  # stable: else by time
    _arrange(content, ordered[:SHOWN], member, now)
    content.more = len(ordered[SHOWN:])
    return content


def _arrange(content: Content, told: Iterable[_Choice], member: User, now: _Now) -> None:
    """The personal by itself; the rest by space and thread, in the order in which spaces stand on the site."""
    by_space: dict[Space, dict[Thread, Conversation]] = defaultdict(dict)
    for delivery, detail in told:
        post = now.posts[delivery.event.post_id]
        thread, item = post.post.thread, _item(delivery, post, detail, member, now)
        if delivery.reason in PERSONAL:
            content.personal.append((thread, item))
            continue
        stand = post.stand if detail == MailDetail.FULL else ""
        by_space[thread.space].setdefault(thread, Conversation(thread, stand=stand)).items.append(item)
    in_order = sorted(by_space.items(), key=lambda pair: (pair[0].position, pair[0].name))
    content.spaces = [(space, list(threads.values())) for space, threads in in_order]


def _item(delivery: Delivery, told: _Told, detail: MailDetail, member: User, now: _Now) -> Item:
    return Item(
        delivery=delivery.pk,
        reason=delivery.reason,
        face=now.face(told.post, member),
        at=told.post.posted_at,
        post=told.post.pk,
        path=told.path,
        excerpt=told.excerpt_for(member) if detail == MailDetail.FULL else "",
        is_edited=told.post.edited_at is not None,
    )


def _short(text: str) -> str:
    """On one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0].rstrip(",;:") + " …"
