"""What stands in an issue, gathered for a whole batch in a constant number of queries (N22).

Everything is asked again here, at the moment of sending: may the member see it, and is it still told, by the rule that
inbox, catching up and feed ask (N5, N12). What falls out keeps its reason, and stands in no text, title or count.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Left
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.models.preferences import MailDetail, Rhythm
from discussions.models import Post, TaggedThread
from discussions.models.post import in_place_of, is_folded
from experts.faces import Face, face_of
from notifications.audience import Rule, letters, posts, who_sees_each
from notifications.beside import (
    LONGEST_AHEAD,
    LetterNews,
    Page,
    Vote,
    detail_of,
    is_last_call,
    is_soon,
    letter_of,
    once_each,
    page_of,
    short,
    vote_of,
)
from notifications.discretion import allowed_by, allowed_of_letter, strictest
from notifications.levels import PERSONAL
from notifications.models import Delivery, Event, Issue
from notifications.models.delivery import State, Why
from notifications.models.issue import Kind as IssueKind
from swexpertise.writing.markdown import plain_text

# Meant for a screen or three, the rest counted with a link; the fullest is under three on a desk, four on a phone.
CALLS = 4  # mentions and answers in one mail
VOTES = 3  # votes that close
LETTERS = 3
PAGES = 3
CONVERSATIONS = 5  # threads in one mail: all of them when there is little else, never fewer than
FEWEST_CONVERSATIONS = 3
ROOM = 6  # for all of these together
POSTS = 6  # posts under them: all of one thread, one of each when there are many
EXCERPT = 140  # characters
TEXTS = (  # long, and not wanted
    "plain", "html", "source", "thread__stand_source", "author__profile__introduction",
    "author__profile__publications", "thread__space__house_rules_source", "thread__space__house_rules_html",
)  # fmt: skip
COLUMNS = ("pk", "issue", "recipient", "event", "event__post", "event__letter", "reason", "mail_detail", "objection")


Thing = TypeVar("Thing")


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
    """What is new in one thread: how much, by whom, where it stands, and the beginning of it. `space` is empty where
    that is said above it already."""

    title: str
    space: str
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
    """A topic, or a space, with what is new in it."""

    name: str
    conversations: tuple[Conversation, ...]


@dataclass(frozen=True, slots=True)
class Some(Generic[Thing]):
    """What there is room for, and how much more there is."""

    shown: tuple[Thing, ...] = ()
    more: int = 0

    @classmethod
    def of(cls, things: Sequence[Thing], most: int) -> "Some[Thing]":
        return cls(tuple(things[:most]), len(things[most:]))


@dataclass(slots=True)
class Content:
    """What one issue holds. `is_sealed`: there is something in it of which nothing may stand in mail."""

    issue: Issue
    personal: list[Item] = field(default_factory=list)
    votes: Some[Vote] = Some()
    spaces: list[Place] = field(default_factory=list)
    more: int = 0  # posts
    letters: Some[LetterNews] = Some()
    pages: Some[Page] = Some()
    is_sealed: bool = False
    is_steady: bool = False  # it comes whether or not there is something to tell (N4)
    suppressed: dict[int, Why] = field(default_factory=dict)
    reply_to: str = ""  # where this mail can be answered by mail, when it can (see addresses.py)

    threads: int = 0  # of which something is told, shown or only counted
    # The ones that all of it is about; None: there are several, or something that isn't named.
    thread: int | None = None
    space: int | None = None
    letter: int | None = None
    last_post: int | None = None  # the last one shown, when all are of one discussion that is open

    @property
    def conversations(self) -> list[Conversation]:
        return [conversation for space in self.spaces for conversation in space.conversations]

    @property
    def shown(self) -> list[Item | Vote | Conversation | LetterNews | Page]:
        """Everything shown, the personal first."""
        told: list[Item | Vote | Conversation | LetterNews | Page] = [*self.personal, *self.votes.shown]
        return [*told, *self.conversations, *self.letters.shown, *self.pages.shown]

    @property
    def is_worth_a_mail(self) -> bool:
        """A vote that closes after the next overview can wait for that."""
        told = self.personal or self.spaces or self.letters.shown or self.pages.shown
        return bool(told) or any(vote.is_last_call for vote in self.votes.shown)

    @property
    def is_discreet(self) -> bool:
        """Nothing of it may be named."""
        return (self.is_sealed or self.is_steady) and not self.shown

    @property
    def is_empty(self) -> bool:
        return not self.is_sealed and not self.is_worth_a_mail and not self.is_steady


class Row(NamedTuple):
    """What is asked of a delivery. Thirty for each mail: so it is no model."""

    pk: int
    issue: int
    member: int
    event: int
    post: int | None
    letter: int | None
    reason: str
    mail_detail: str
    objection: str


_Choice = tuple[Row, MailDetail]


class Gathered:
    """What is needed to say what stands in any of `issues` now; `content` says it, and asks the database nothing."""

    def __init__(self, issues: Sequence[Issue], now: datetime) -> None:
        self._issues = issues
        planned = Delivery.objects.filter(issue__in=issues, state=State.PLANNED).with_objection()
        everything = [Row._make(row) for row in planned.order_by("at", "pk").values_list(*COLUMNS)]
        self._rows: dict[int, list[Row]] = defaultdict(list)
        for row in everything:
            self._rows[row.issue].append(row)
        self._now = _Now(issues, everything, now)

    def content(self, issue: Issue) -> Content:
        return _content(issue, self._rows[issue.pk], self._now)

    def __iter__(self) -> Iterator[Content]:
        return map(self.content, self._issues)


def gather(issues: Sequence[Issue], *, now: datetime) -> Gathered:
    """For `issues`, fetched with recipient and preferences. Four queries, however many there are, and one more when
    they tell of letters."""
    return Gathered(issues, now)


class _Told:
    """A post as every mail of a batch may quote it: what is the same for all is made once."""

    def __init__(self, post: Post, beginning: str, first_topic: str | None) -> None:
        self.post = post
        self.thread = post.thread
        self.heading = (0, 0, first_topic) if first_topic else (1, post.thread.space.position, post.thread.space.name)
        self.author = post.author_id
        self.path = post.get_absolute_url()
        self.allowed = allowed_by(post)
        self.beginning = short(beginning)
        self.stand = short(plain_text(post.thread.stand_html))

    def excerpt_for(self, member: User) -> str:
        """The beginning, or the note on it for whoever didn't choose to see such texts (N13)."""
        note = self.post.content_note
        return in_place_of(note) if is_folded(note, sees_noted=member.preferences.shows_noted) else self.beginning


class _Now:
    """How things are at this moment, for all members and things of a batch: what is told of them, and who sees it."""

    def __init__(self, issues: Sequence[Issue], deliveries: Sequence[Row], now: datetime) -> None:
        self.now = now
        members = {issue.recipient_id: issue.recipient for issue in issues}
        overviews = [issue for issue in issues if _has_beside(issue)]
        self.beside = _beside(overviews, now)
        asked: dict[tuple[Rule, int], set[int]] = defaultdict(set)
        for delivery in deliveries:
            if delivery.post is not None:
                asked[posts, delivery.member].add(delivery.post)
            elif delivery.letter is not None:
                asked[letters, delivery.member].add(delivery.letter)
        for issue in overviews:
            for event in self.beside:
                asked[_rule_of(event), issue.recipient_id].add(event.pk)
        self.seen = who_sees_each((members[pk], rule, wanted) for (rule, pk), wanted in asked.items())
        wanted_posts = Post.objects.filter(pk__in={row.post for row in deliveries if row.post is not None})
        wanted_posts = wanted_posts.select_related("author__profile", "thread__space").defer(*TEXTS)
        topics = TaggedThread.objects.filter(content_object=OuterRef("thread")).order_by("pk").values("tag__name")
        found = wanted_posts.annotate(beginning=Left("plain", 2 * EXCERPT), first_topic=Subquery(topics[:1]))
        self.posts = {post.pk: _Told(post, post.beginning, post.first_topic) for post in found}
        events = {row.event for row in deliveries if row.letter is not None}
        self.letters = Event.objects.select_related("letter").in_bulk(events) if events else {}
        self.faces: dict[tuple[int, int], Face] = {}

    def face(self, told: _Told, viewer: User) -> Face:
        key = (told.author, viewer.pk)
        if key not in self.faces:
            self.faces[key] = face_of(told.post.author, viewer)
        return self.faces[key]

    def told(self, one: _Choice) -> _Told:
        return self.posts[_post(one[0])]

    def item(self, delivery: Row, detail: MailDetail, member: User) -> Item:
        told = self.posts[_post(delivery)]
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
        first = self.told(ones[0])
        names = dict.fromkeys(self.face(self.told(one), member).display_name for one in ones)
        return Conversation(
            title=first.thread.title,
            space="" if first.heading[0] else first.thread.space.name,
            path=first.path,
            stand=first.stand if all(detail == MailDetail.FULL for _one, detail in ones) else "",
            count=len(ones),
            names=tuple(names),
            items=tuple(self.item(delivery, detail, member) for delivery, detail in ones[:most]),
        )

    def allowed(self, delivery: Row) -> MailDetail:
        """What may stand in mail about it, but for its recipient."""
        if delivery.letter is not None:
            return allowed_of_letter(self.letters[delivery.event].letter)
        return self.posts[_post(delivery)].allowed

    def objection(self, delivery: Row) -> Why | None:
        """Why this isn't told after all; None when it is."""
        is_letter = delivery.letter is not None
        rule, key = (letters, delivery.letter) if is_letter else (posts, delivery.post)
        if (delivery.member, key) not in self.seen[rule]:
            return Why.UNSEEN
        return Why(delivery.objection) if delivery.objection else None

    def beside_for(self, issue: Issue, rule: Rule) -> list[Event]:
        """The votes that ask for this member now, or what is on offer to them since their last overview."""
        if not _has_beside(issue):
            return []
        seen = self.seen[rule]
        return [event for event in self.beside if _rule_of(event) is rule and (issue.recipient_id, event.pk) in seen]


def _has_beside(issue: Issue) -> bool:
    """Only an overview tells what nobody was told of, and only to whoever wants mail."""
    member = issue.recipient
    return issue.kind == IssueKind.DIGEST and member.is_active and member.preferences.rhythm != Rhythm.NEVER


def _beside(overviews: Sequence[Issue], now: datetime) -> list[Event]:
    """All votes that close soon, and what came in any of these windows. One query."""
    if not overviews:
        return []
    start, end = min(issue.window_from for issue in overviews), max(issue.window_to for issue in overviews)
    votes = Event.objects.votes(now, now + LONGEST_AHEAD)
    return list((votes | Event.objects.offers(start, end)).with_things().order_by("pk"))


def _rule_of(event: Event) -> Rule:
    return votes_seen if event.poll_id is not None else offers_seen


def votes_seen(viewer: User) -> QuerySet[Event]:
    return Event.objects.votes_for(viewer)


def offers_seen(viewer: User) -> QuerySet[Event]:
    return Event.objects.offers_for(viewer)


def _post(delivery: Row) -> int:
    if delivery.post is None:
        raise ValueError("This tells of a letter.")
    return delivery.post


def _content(issue: Issue, deliveries: Iterable[Row], now: _Now) -> Content:
    content, member = Content(issue), issue.recipient
    if not member.is_active or member.preferences.rhythm == Rhythm.NEVER:
        reason = Why.NEVER if member.is_active else Why.AWAY
        content.suppressed = {delivery.pk: reason for delivery in deliveries}
        return content
    content.is_steady = issue.kind == IssueKind.DIGEST and member.preferences.keeps_steady
    told: dict[int, _Choice] = {}
    of_letters: dict[int, _Choice] = {}
    for delivery in deliveries:
        if why := now.objection(delivery):
            content.suppressed[delivery.pk] = why
            continue
        detail = strictest(delivery.mail_detail, member.preferences.detail, now.allowed(delivery))
        if detail == MailDetail.DISCREET:
            content.is_sealed = True
        elif delivery.letter is not None:
            of_letters[delivery.letter] = delivery, detail  # the last thing that happened to it
        elif _post(delivery) not in told or delivery.reason in PERSONAL:
            told[_post(delivery)] = delivery, detail
    with translation.override(member.preferences.language):
        _ask_and_offer(content, list(of_letters.values()), now)
        _arrange(content, list(told.values()), member, now)
    return content


def _ask_and_offer(content: Content, of_letters: Sequence[_Choice], now: _Now) -> None:
    """Votes that close, letters, pages. Of a vote that can't be named a discreet mail says no more than that there is
    something; of an offer that can't be named it says nothing, since it waits in no list."""
    issue, preferences = content.issue, content.issue.recipient.preferences
    votes = []
    for event in sorted(now.beside_for(issue, votes_seen), key=lambda event: (event.poll.closes_at, event.pk)):
        is_last = is_last_call(event, issue.recipient, preferences, issue.window_to, now.now)
        if detail_of(event, preferences) == MailDetail.DISCREET:
            content.is_sealed = content.is_sealed or is_last
        elif is_last or is_soon(event, now.now):
            votes.append(vote_of(event, is_last=is_last))
    content.votes = Some.of(votes, VOTES)
    came = [
        event
        for event in now.beside_for(issue, offers_seen)
        if issue.window_from <= event.at < issue.window_to and detail_of(event, preferences) != MailDetail.DISCREET
    ]
    offered = [(event, detail_of(event, preferences)) for event in once_each(came, preferences.language)]
    content.pages = Some.of([page_of(event, detail) for event, detail in offered if event.page], PAGES)
    followed = [letter_of(now.letters[row.event], detail, is_offered=False) for row, detail in of_letters]
    new = [letter_of(event, detail, is_offered=True) for event, detail in offered if event.letter]
    content.letters = Some.of([*followed, *new], LETTERS)
    is_alone = len(of_letters) == 1 and not new and not votes and not content.pages.shown and not content.is_sealed
    content.letter = of_letters[0][0].letter if is_alone else None


def _arrange(content: Content, told: Sequence[_Choice], member: User, now: _Now) -> None:
    """The personal by itself; the rest by the first topic of its thread, or by space where it has none, in the order
    in which spaces stand on the site. What there is no room for is counted."""
    calls = [one for one in told if one[0].reason in PERSONAL]
    by_thread: dict[int, list[_Choice]] = defaultdict(list)
    for one in told:
        if one[0].reason not in PERSONAL:
            by_thread[now.told(one).thread.pk].append(one)
    in_order = sorted(by_thread.values(), key=lambda ones: (now.told(ones[0]).heading, now.told(ones[0]).thread.pk))
    others = len(calls[:CALLS]) + sum(len(some.shown) for some in (content.votes, content.letters, content.pages))
    most = max(FEWEST_CONVERSATIONS, min(CONVERSATIONS, ROOM - others))
    shown, hidden = in_order[:most], in_order[most:]
    each = max(1, POSTS // len(shown)) if shown else 0
    content.personal = [now.item(delivery, detail, member) for delivery, detail in calls[:CALLS]]
    by_heading: dict[tuple[Any, ...], list[Conversation]] = defaultdict(list)
    for ones in shown:
        by_heading[now.told(ones[0]).heading].append(now.conversation(ones, each, member))
    content.spaces = [Place(heading[-1], tuple(found)) for heading, found in by_heading.items()]
    content.more = len(calls[CALLS:]) + sum(map(len, hidden))
    threads = {now.told(one).thread.pk for one in told}
    content.threads = len(threads)
    if told:
        content.letter = None
    if not told or content.is_sealed or content.votes.shown or content.letters.shown or content.pages.shown:
        return
    spaces = {now.told(one).thread.space_id for one in told}
    content.space = spaces.pop() if len(spaces) == 1 else None
    content.thread = threads.pop() if len(threads) == 1 else None
    if content.thread is not None and not now.told(told[0]).thread.is_locked:
        visible = [*calls[:CALLS], *(one for ones in shown for one in ones[:each])]
        content.last_post = max((now.told(one).post for one in visible), key=_when).pk


def _when(post: Post) -> tuple[datetime, int]:
    return post.posted_at, post.pk
