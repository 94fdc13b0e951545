"""What stands in an issue, gathered for a whole batch in a constant number of queries (N22).

Everything is asked again here, at the moment of sending: may the member see it, and is it still told, by the rule that
inbox, catching up and feed ask (N5, N12). What falls out keeps its reason, and stands in no text, title or count.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models.functions import Left
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.models.preferences import MailDetail, Rhythm
from discussions.models import Post
from discussions.models.post import in_place_of, is_folded
from experts.faces import Face, face_of
from notifications.audience import who_sees
from notifications.discretion import allowed_by, strictest
from notifications.levels import PERSONAL
from notifications.models import Delivery, Issue
from notifications.models.delivery import State, Why
from notifications.models.issue import Kind as IssueKind
from swexpertise.writing.markdown import plain_text

# A mail is never longer than a screen or three; the rest is counted, with a link.
CALLS = 4  # mentions and answers in one mail
CONVERSATIONS = 6  # threads in one mail
POSTS = 8  # posts under them: all of one thread, one of each when there are many
EXCERPT = 180  # characters
TEXTS = (  # long, and not wanted
    "plain", "html", "source", "thread__stand_source", "author__profile__introduction",
    "author__profile__publications", "thread__space__house_rules_source", "thread__space__house_rules_html",
)  # fmt: skip
COLUMNS = ("pk", "issue", "recipient", "event__post", "reason", "mail_detail", "objection")


@dataclass(frozen=True, slots=True)
class Item:
    """One post as one member may see it. `excerpt` is empty where only titles may stand in mail.

    Compared by all that it says: whatever is equal is rendered once, for whoever may see just that.
    """

    reason: str
    name: str
    title: str
    at: datetime
    path: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is new in one thread: how much, by whom, where it stands, and the beginning of it."""

    title: str
    path: str
    stand: str
    count: int
    names: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.items)

    @property
    def who(self) -> str:
        """ "Bram", "Bram and Anna", "Bram, Anna and 3 others"."""
        first, *others = self.names
        if not others:
            return first
        if len(others) == 1:
            return _("%(first)s and %(second)s") % {"first": first, "second": others[0]}
        words = ngettext(
            "%(first)s, %(second)s and %(count)d other", "%(first)s, %(second)s and %(count)d others", len(others) - 1
        )
        return words % {"first": first, "second": others[0], "count": len(others) - 1}


@dataclass(frozen=True, slots=True)
class Place:
    """A space with what is new in it."""

    name: str
    conversations: tuple[Conversation, ...]


@dataclass(slots=True)
class Content:
    """What one issue holds. `is_sealed`: there is something in it of which nothing may stand in mail."""

    issue: Issue
    personal: list[Item] = field(default_factory=list)
    spaces: list[Place] = field(default_factory=list)
    more: int = 0
    is_sealed: bool = False
    is_steady: bool = False  # it comes whether or not there is something to tell (N4)
    suppressed: dict[int, Why] = field(default_factory=dict)
    reply_to: str = ""  # where this mail can be answered by mail, when it can (see addresses.py)

    threads: int = 0  # of which something is told, shown or only counted
    # The ones that all of it is about; None: there are several, or something that isn't named.
    thread: int | None = None
    space: int | None = None
    last_post: int | None = None  # the last one shown, when all are of one discussion that is open

    @property
    def conversations(self) -> list[Conversation]:
        return [conversation for space in self.spaces for conversation in space.conversations]

    @property
    def shown(self) -> list[Item | Conversation]:
        """Everything shown, the personal first."""
        return [*self.personal, *self.conversations]

    @property
    def is_discreet(self) -> bool:
        """Nothing of it may be named."""
        return (self.is_sealed or self.is_steady) and not self.shown

    @property
    def is_empty(self) -> bool:
        return not self.is_sealed and not self.shown and not self.is_steady


class Row(NamedTuple):
    """What is asked of a delivery. Thirty for each mail: so it is no model."""

    pk: int
    issue: int
    member: int
    post: int
    reason: str
    mail_detail: str
    objection: str


_Choice = tuple[Row, MailDetail]


class Gathered:
    """What is needed to say what stands in any of `issues` now; `content` says it, and asks the database nothing."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self._issues = issues
        planned = Delivery.objects.filter(issue__in=issues, state=State.PLANNED).with_objection()
        everything = [Row._make(row) for row in planned.order_by("at", "pk").values_list(*COLUMNS)]
        self._rows: dict[int, list[Row]] = defaultdict(list)
        for row in everything:
            self._rows[row.issue].append(row)
        members = {issue.recipient_id: issue.recipient for issue in issues}
        self._now = _Now(members, everything)

    def content(self, issue: Issue) -> Content:
        return _content(issue, self._rows[issue.pk], self._now)

    def __iter__(self) -> Iterator[Content]:
        return map(self.content, self._issues)


def gather(issues: Sequence[Issue]) -> Gathered:
    """For `issues`, fetched with recipient and preferences; three queries, however many there are."""
    return Gathered(issues)


class _Told:
    """A post as every mail of a batch may quote it: what is the same for all is made once."""

    def __init__(self, post: Post, beginning: str) -> None:
        self.post = post
        self.thread = post.thread
        self.place = post.thread.space.position, post.thread.space.name, post.thread.space_id, post.thread_id
        self.author = post.author_id
        self.path = post.get_absolute_url()
        self.allowed = allowed_by(post)
        self.beginning = _short(beginning)
        self.stand = _short(plain_text(post.thread.stand_html))

    def excerpt_for(self, member: User) -> str:
        """The beginning, or the note on it for whoever didn't choose to see such texts (N13)."""
        note = self.post.content_note
        return in_place_of(note) if is_folded(note, sees_noted=member.preferences.shows_noted) else self.beginning


class _Now:
    """How things are at this moment, for all members and posts of a batch: visibility, reading, levels, mentions."""

    def __init__(self, members: Mapping[int, User], deliveries: Sequence[Row]) -> None:
        asked: dict[int, set[int]] = defaultdict(set)
        for delivery in deliveries:
            asked[delivery.member].add(delivery.post)
        wanted_posts = Post.objects.filter(pk__in={delivery.post for delivery in deliveries})
        wanted_posts = wanted_posts.select_related("author__profile", "thread__space").defer(*TEXTS)
        found = wanted_posts.annotate(beginning=Left("plain", 2 * EXCERPT))
        self.posts = {post.pk: _Told(post, post.beginning) for post in found}
        self.faces: dict[tuple[int, int], Face] = {}
        self.seen = who_sees((members[pk], wanted) for pk, wanted in asked.items())

    def face(self, told: _Told, viewer: User) -> Face:
        key = (told.author, viewer.pk)
        if key not in self.faces:
            self.faces[key] = face_of(told.post.author, viewer)
        return self.faces[key]

    def place(self, one: _Choice) -> tuple[Any, ...]:
        """Where it stands among the rest: by space as on the site, and in it by thread."""
        return self.posts[one[0].post].place

    def item(self, delivery: Row, detail: MailDetail, member: User) -> Item:
        told = self.posts[delivery.post]
        return Item(
            reason=delivery.reason,
            name=self.face(told, member).display_name,
            title=told.thread.title,
            at=told.post.posted_at,
            path=told.path,
            excerpt=told.excerpt_for(member) if detail == MailDetail.FULL else "",
        )

    def conversation(self, ones: Sequence[_Choice], most: int, member: User) -> Conversation:
        """The first of what is new, up to `most`; the link leads there as well."""
        first = self.posts[ones[0][0].post]
        names = dict.fromkeys(self.face(self.posts[one.post], member).display_name for one, _detail in ones)
        return Conversation(
            title=first.thread.title,
            path=first.path,
            stand=first.stand if all(detail == MailDetail.FULL for _one, detail in ones) else "",
            count=len(ones),
            names=tuple(names),
            items=tuple(self.item(delivery, detail, member) for delivery, detail in ones[:most]),
        )

    def objection(self, delivery: Row) -> Why | None:
        """Why this isn't told after all; None when it is."""
        if (delivery.member, delivery.post) not in self.seen:
            return Why.UNSEEN
        return Why(delivery.objection) if delivery.objection else None


def _content(issue: Issue, deliveries: Iterable[Row], now: _Now) -> Content:
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
        detail = strictest(delivery.mail_detail, member.preferences.detail, now.posts[delivery.post].allowed)
        if detail == MailDetail.DISCREET:
            content.is_sealed = True
        elif delivery.post not in told or delivery.reason in PERSONAL:
            told[delivery.post] = delivery, detail
    _arrange(content, list(told.values()), member, now)
    return content


def _arrange(content: Content, told: Sequence[_Choice], member: User, now: _Now) -> None:
    """The personal by itself; the rest by space and thread, in the order in which spaces stand on the site. What
    there is no room for is counted."""
    calls = [one for one in told if one[0].reason in PERSONAL]
    by_thread: dict[int, list[_Choice]] = defaultdict(list)
    for one in told:
        if one[0].reason not in PERSONAL:
            by_thread[now.place(one)[-1]].append(one)
    in_order = sorted(by_thread.values(), key=lambda ones: now.place(ones[0]))
    shown, hidden = in_order[:CONVERSATIONS], in_order[CONVERSATIONS:]
    each = max(1, POSTS // len(shown)) if shown else 0
    by_space: dict[tuple[Any, ...], list[Conversation]] = defaultdict(list)
    with translation.override(member.preferences.language):
        content.personal = [now.item(delivery, detail, member) for delivery, detail in calls[:CALLS]]
        for ones in shown:
            by_space[now.place(ones[0])[:3]].append(now.conversation(ones, each, member))
    content.spaces = [Place(name, tuple(found)) for (_position, name, _pk), found in by_space.items()]
    content.more = len(calls[CALLS:]) + sum(map(len, hidden))
    threads = {now.posts[delivery.post].place[-1] for delivery, _detail in told}
    spaces = {now.posts[delivery.post].place[-2] for delivery, _detail in told}
    content.threads = len(threads)
    content.thread = threads.pop() if len(threads) == 1 and not content.is_sealed else None
    if content.thread is not None and not now.posts[told[0][0].post].thread.is_locked:
        visible = [*calls[:CALLS], *(one for ones in shown for one in ones[:each])]
        content.last_post = max((now.posts[one.post].post for one, _detail in visible), key=_when).pk
    content.space = spaces.pop() if len(spaces) == 1 and not content.is_sealed else None


def _when(post: Post) -> tuple[datetime, int]:
    return post.posted_at, post.pk


def _short(text: str) -> str:
    """On one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0].rstrip(",;:") + " …"
