"""What stands in an issue, gathered for a whole batch in a constant number of queries (N22).

Everything is asked again here, at the moment of sending: may the member see it, and is it still told, by the rule that
inbox, catching up and feed ask (N5, N12). What falls out keeps its reason, and stands in no text, title or count.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Left
from django.utils import translation

from accounts.models import User
from accounts.models.preferences import MailDetail, Rhythm
from discussions.models import Post, TaggedThread
from discussions.models.post import in_place_of, is_folded
from experts.faces import Face, face_of
from notifications import room
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
    moment_of,
    once_each,
    page_of,
    short,
    vote_of,
)
from notifications.discretion import allowed_by, allowed_of_letter, strictest
from notifications.filling import Told, fill
from notifications.items import Conversation, Item, Place, Some
from notifications.levels import PERSONAL
from notifications.models import Delivery, Event, Issue
from notifications.models.delivery import State, Why
from notifications.models.issue import Kind as IssueKind
from swexpertise.writing.markdown import plain_text

TEXTS = (  # long, and not wanted
    "plain", "html", "source", "thread__stand_source", "author__profile__introduction",
    "author__profile__publications", "thread__space__house_rules_source", "thread__space__house_rules_html",
)  # fmt: skip
COLUMNS = ("pk", "issue", "recipient", "event", "event__post", "event__letter", "reason", "mail_detail", "objection")


@dataclass(slots=True)
class Content:
    """What one issue holds. `is_sealed`: there is something in it of which nothing may stand in mail."""

    issue: Issue
    personal: list[Item] = field(default_factory=list)
    votes: Some[Vote] = field(default_factory=Some)
    spaces: list[Place] = field(default_factory=list)
    more: int = 0  # posts in other threads
    more_calls: int = 0
    letters: Some[LetterNews] = field(default_factory=Some)
    pages: Some[Page] = field(default_factory=Some)
    is_sealed: bool = False
    is_steady: bool = False  # it comes whether or not there is something to tell (N4)
    suppressed: dict[int, Why] = field(default_factory=dict)
    counted: list[int] = field(default_factory=list)  # deliveries for which there is no room
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
        space = post.thread.space
        self.title, self.space = short(post.thread.title, room.TITLE), short(space.name, room.PLACE)
        self.heading = (0, 0, short(first_topic, room.PLACE)) if first_topic else (1, space.position, self.space)
        self.author = post.author_id
        self.path = post.get_absolute_url()
        self.allowed = allowed_by(post)
        self.beginning = short(beginning, room.EXCERPT)
        self.stand = short(plain_text(post.thread.stand_html), room.STAND)

    def excerpt_for(self, member: User) -> str:
        """The beginning, or the note on it for whoever didn't choose to see such texts (N13)."""
        note = self.post.content_note
        is_hidden = is_folded(note, sees_noted=member.preferences.shows_noted)
        return short(in_place_of(note), room.EXCERPT) if is_hidden else self.beginning


class _Now:
    """How things are at this moment, for all members and things of a batch: what is told of them, and who sees it."""

    def __init__(self, issues: Sequence[Issue], deliveries: Sequence[Row], now: datetime) -> None:
        self.now = now
        members = {issue.recipient_id: issue.recipient for issue in issues}
        telling = [issue for issue in issues if _has_beside(issue)]
        self.beside = _beside(telling, now)
        asked: dict[tuple[Rule, int], set[int]] = defaultdict(set)
        for delivery in deliveries:
            if delivery.post is not None:
                asked[posts, delivery.member].add(delivery.post)
            elif delivery.letter is not None:
                asked[letters, delivery.member].add(delivery.letter)
        for issue in telling:
            for event in self.beside:
                asked[_rule_of(event), issue.recipient_id].add(event.pk)
        self.seen = who_sees_each((members[pk], rule, wanted) for (rule, pk), wanted in asked.items())
        wanted_posts = Post.objects.filter(pk__in={row.post for row in deliveries if row.post is not None})
        wanted_posts = wanted_posts.select_related("author__profile", "thread__space").defer(*TEXTS)
        topics = TaggedThread.objects.filter(content_object=OuterRef("thread")).order_by("pk").values("tag__name")
        found = wanted_posts.annotate(beginning=Left("plain", 2 * room.EXCERPT), first_topic=Subquery(topics[:1]))
        self.posts = {post.pk: _Told(post, post.beginning, post.first_topic) for post in found}
        events = {row.event for row in deliveries if row.letter is not None}
        self.letters = Event.objects.select_related("letter").in_bulk(events) if events else {}
        self.faces: dict[tuple[int, int], Face] = {}

    def face(self, told: _Told, viewer: User) -> Face:
        key = (told.author, viewer.pk)
        if key not in self.faces:
            self.faces[key] = face_of(told.post.author, viewer)
        return self.faces[key]

    def name(self, told: _Told, viewer: User) -> str:
        return short(self.face(told, viewer).display_name, room.NAME)

    def told(self, one: _Choice) -> _Told:
        return self.posts[_post(one[0])]

    def item(self, delivery: Row, detail: MailDetail, member: User) -> Item:
        told = self.posts[_post(delivery)]
        return Item(
            reason=delivery.reason,
            name=self.name(told, member),
            title=told.title,
            at=told.post.posted_at,
            path=told.path,
            excerpt=told.excerpt_for(member) if detail == MailDetail.FULL else "",
        )

    def conversation(self, ones: Sequence[_Choice], member: User) -> Conversation:
        """What is new in one thread, without its posts; the link leads to the first."""
        first = self.told(ones[0])
        names = dict.fromkeys(self.name(self.told(one), member) for one in ones)
        return Conversation(
            title=first.title,
            space="" if first.heading[0] else first.space,
            path=first.path,
            at=first.post.posted_at,
            stand=first.stand if all(detail == MailDetail.FULL for _one, detail in ones) else "",
            count=len(ones),
            names=tuple(names),
            items=(),
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
    """Whether it tells what nobody was told of by name: an overview does, or what is told at once to whoever has none;
    and only to whoever wants mail."""
    member = issue.recipient
    return issue.beside_from is not None and member.is_active and member.preferences.rhythm != Rhythm.NEVER


def _beside(telling: Sequence[Issue], now: datetime) -> list[Event]:
    """All votes that close soon, and what came while any of these tells of it. One query."""
    if not telling:
        return []
    ends = [moment for issue in telling for moment in (issue.beside_from, issue.beside_to) if moment]
    votes = Event.objects.votes(now, now + LONGEST_AHEAD)
    return list((votes | Event.objects.offers(min(ends), max(ends))).with_things().order_by("pk"))


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
        votes, news, pages = _ask_and_offer(content, list(of_letters.values()), now)
        calls, by_thread = _arrange(content, list(told.values()), now)
        _fill(content, calls, by_thread, (votes, news, pages), now)
    content.counted += [row.pk for row, _detail in list(of_letters.values())[len(content.letters.shown) :]]
    return content


def _ask_and_offer(
    content: Content, of_letters: Sequence[_Choice], now: _Now
) -> tuple[list[Vote], list[LetterNews], list[Page]]:
    """Votes that close, letters, pages. Of a vote that can't be named a discreet mail says no more than that there is
    something; of an offer that can't be named it says nothing, since it waits in no list."""
    issue, preferences = content.issue, content.issue.recipient.preferences
    votes = []
    for event in sorted(now.beside_for(issue, votes_seen), key=lambda event: (event.poll.closes_at, event.pk)):
        if not _is_its_turn(event, issue):
            continue
        is_last = is_last_call(event, issue.recipient, preferences, issue.window_to, now.now)
        if detail_of(event, preferences) == MailDetail.DISCREET:
            content.is_sealed = content.is_sealed or is_last
        elif is_last or is_soon(event, now.now):
            votes.append(vote_of(event, is_last=is_last))
    came = [
        event
        for event in now.beside_for(issue, offers_seen)
        if issue.covers(event.at) and detail_of(event, preferences) != MailDetail.DISCREET
    ]
    offered = [(event, detail_of(event, preferences)) for event in once_each(came, preferences.language)]
    pages = [page_of(event, detail) for event, detail in offered if event.page]
    followed = [letter_of(now.letters[row.event], detail, is_offered=False) for row, detail in of_letters]
    new = [letter_of(event, detail, is_offered=True) for event, detail in offered if event.letter]
    is_alone = len(of_letters) == 1 and not new and not votes and not pages and not content.is_sealed
    content.letter = of_letters[0][0].letter if is_alone else None
    return votes, [*followed, *new], pages


def _is_its_turn(event: Event, issue: Issue) -> bool:
    """Of a vote each overview says that it closes soon; what is told at once says it once."""
    if issue.kind == IssueKind.DIGEST:
        return True
    return issue.covers(moment_of(event.at, event.poll.opens_at, event.poll.closes_at))


def _arrange(content: Content, told: Sequence[_Choice], now: _Now) -> tuple[list[_Choice], list[list[_Choice]]]:
    """The personal by itself, what is of one thread together. The rest by thread: by the first topic of each, or by
    space where it has none, in the order in which spaces stand on the site."""
    calls: dict[int, list[_Choice]] = defaultdict(list)
    by_thread: dict[int, list[_Choice]] = defaultdict(list)
    for one in told:
        (calls if one[0].reason in PERSONAL else by_thread)[now.told(one).thread.pk].append(one)
    content.threads = len(calls.keys() | by_thread.keys())
    if told:
        content.letter = None
    in_order = sorted(by_thread.values(), key=lambda ones: (now.told(ones[0]).heading, now.told(ones[0]).thread.pk))
    return [one for ones in calls.values() for one in ones], in_order


def _fill(
    content: Content,
    calls: Sequence[_Choice],
    by_thread: Sequence[Sequence[_Choice]],
    beside: tuple[Sequence[Vote], Sequence[LetterNews], Sequence[Page]],
    now: _Now,
) -> None:
    """What there is room for, and how much more there is. Then what all of it is about."""
    member, (votes, news, pages) = content.issue.recipient, beside

    def call(place: int) -> Item:
        item, thread = now.item(*calls[place], member), now.told(calls[place]).thread
        return replace(item, is_there_too=place > 0 and now.told(calls[place - 1]).thread == thread)

    told = Told(
        calls=len(calls),
        call=call,
        counts=[len(ones) for ones in by_thread],
        heading=lambda place: now.told(by_thread[place][0]).heading,
        conversation=lambda place: now.conversation(by_thread[place], member),
        post=lambda place, nth: now.item(*by_thread[place][nth], member),
        votes=votes,
        letters=news,
        pages=pages,
    )
    filled = fill(told, is_sealed=content.is_sealed, is_at_once=content.issue.kind == IssueKind.AT_ONCE)
    content.personal, content.more_calls = list(filled.calls.shown), filled.calls.more
    content.spaces, content.more = list(filled.places), filled.more
    content.votes, content.letters, content.pages = filled.votes, filled.letters, filled.pages
    content.counted = [row.pk for row, _detail in _counted(content, calls, by_thread)]
    everything = [*calls, *(one for ones in by_thread for one in ones)]
    if not everything or content.is_sealed or votes or news or pages:
        return
    spaces = {now.told(one).thread.space_id for one in everything}
    threads = {now.told(one).thread.pk for one in everything}
    content.space = spaces.pop() if len(spaces) == 1 else None
    content.thread = threads.pop() if len(threads) == 1 else None
    if content.thread is not None and not now.told(everything[0]).thread.is_locked:
        visible = list(calls[: len(content.personal)])
        for ones, one in zip(by_thread, content.conversations, strict=False):
            visible += ones[: len(one.items)]
        content.last_post = max((now.told(one).post for one in visible), key=_when).pk


def _counted(content: Content, calls: Sequence[_Choice], by_thread: Sequence[Sequence[_Choice]]) -> Iterator[_Choice]:
    """What stands in no words of it for want of room. Where titles are all there may be, that of a discussion says of
    each post in it what may be said."""
    yield from calls[len(content.personal) :]
    for ones, one in zip(by_thread, content.conversations, strict=False):
        yield from (rest for rest in ones[len(one.items) :] if rest[1] == MailDetail.FULL)
    for ones in by_thread[len(content.conversations) :]:
        yield from ones


def _when(post: Post) -> tuple[datetime, int]:
    return post.posted_at, post.pk
