"""Why did I get this, and why did I not? Answered from the ledger, for posts the member can see (N5).

A constant number of queries, however many posts are asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.actions.preferences import preferences_of
from accounts.models import User
from accounts.models.preferences import MailDetail, Rhythm
from discussions.models import Post, TaggedThread
from discussions.permissions import is_author
from experts.faces import face_of
from notifications.actions.events import CALLS
from notifications.actions.issues import last_end
from notifications.levels import TOLD_BY_LEVEL, Level, Reason
from notifications.models import Delivery, Event, Issue, Reachability, Watch
from notifications.models.delivery import Channel, State, Why
from notifications.models.issue import Kind as IssueKind
from notifications.models.issue import State as IssueState
from notifications.models.watch import level_among
from notifications.quiet import held_until
from notifications.windows import BATCH, next_slot, wish_of

KEPT_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """`was_told`: it reached them, in the inbox at least. `short` fits on a line; `more` says the rest."""

    post: Post
    was_told: bool
    short: str
    more: tuple[str, ...] = ()


def answers(user: User, posts: Sequence[Post], *, now: datetime) -> list[Answer]:
    """For `posts`, fetched with thread, space and author, all of which `user` can see."""
    ledger = _Ledger(user, posts, now)
    return [ledger.answer(post) for post in posts]


class _Ledger:
    def __init__(self, user: User, posts: Sequence[Post], now: datetime) -> None:
        self.user, self.now = user, now
        self.preferences = preferences_of(user)
        self.deliveries: dict[int, dict[str, Delivery]] = defaultdict(dict)
        mine = Delivery.objects.filter(recipient=user, event__post__in=posts).select_related("event", "issue")
        for delivery in mine.with_objection().order_by("pk"):
            self.deliveries[delivery.event.post_id or 0][delivery.channel] = delivery
        # What is meant for them, by how the post is now.
        meant = Q(mentions__name__holder=user, mentions__name__retired_at=None) | Q(parent__author__holder=user)
        self.meant = set(Post.objects.filter(meant, pk__in=[post.pk for post in posts]).values_list("pk", flat=True))
        self.waits = dict(Event.objects.filter(post__in=posts).values_list("post", "fanned_out_at"))
        self.watches = {
            (kind, key): watch
            for watch in Watch.objects.filter(user=user)
            for kind in ("thread", "space", "topic", "name")
            if (key := getattr(watch, f"{kind}_id"))
        }
        self.topics: dict[int, list[int]] = defaultdict(list)
        threads = {post.thread_id for post in posts}
        for thread, topic in TaggedThread.objects.filter(content_object__in=threads).values_list(
            "content_object", "tag"
        ):
            self.topics[thread].append(topic)
        self.last_end = last_end(user)
        self.is_unreachable = Reachability.objects.visible_to(user).stopped().exists()

    def answer(self, post: Post) -> Answer:
        found = self.deliveries.get(post.pk, {})
        inbox, mail = found.get(Channel.INBOX), found.get(Channel.MAIL)
        if inbox is None or mail is None:
            return Answer(post, False, self._not_told(post))
        was_mailed = mail.state == State.SENT
        more = self._by_mail(mail)
        more += self._since_then(inbox, mail)
        # What was mailed keeps the reason for which it was; that of the inbox is of today.
        return Answer(post, True, self._because(mail if was_mailed else inbox), tuple(more))

    def _because(self, delivery: Delivery) -> str:
        return {
            Reason.MENTION: _("In your inbox: you were mentioned in it."),
            Reason.REPLY: _("In your inbox: it answers you."),
            Reason.GROUP: _("In your inbox: a group that you are in was called in it."),
            Reason.WATCHING: _("In your inbox: you watched this."),
            Reason.FOLLOWING: _("In your inbox: you followed this."),
        }[Reason(delivery.reason)]

    def _since_then(self, inbox: Delivery, mail: Delivery) -> list[str]:
        """Why it isn't in the inbox any more, or not as what it came for."""
        if inbox.why == Why.TAKEN or (
            mail.state == State.SENT and mail.reason in CALLS and inbox.reason != mail.reason
        ):
            return [_("The call was taken out of the post later, so your inbox no longer shows it as one.")]
        objection = getattr(inbox, "objection", "")
        if objection == Why.MUTED:
            return [_("You muted whoever wrote it, so it no longer stands in your inbox.")]
        if objection == Why.LEVEL:
            return [_("You follow this less closely now, so it no longer stands in your inbox.")]
        return []

    def _not_told(self, post: Post) -> str:
        """What the ledger and the member's choices say of a post without a row for them."""
        if is_author(self.user, post):
            return _("Not told: you wrote it yourself.")
        if post.posted_at < self.now - KEPT_FOR:
            return _("It is longer ago than sixty days; by then this is no longer asked.")
        if post.pk not in self.waits:
            return _("Not told, and nobody was: it came with an archive or with a page.")
        if self.waits[post.pk] is None:
            return _("It is being told at this moment. Look again in a minute.")
        if post.posted_at < self.user.joined_at:
            return _("Not told: it was written before you joined.")
        muted = self.watches.get(("name", post.author_id))
        if muted is not None:
            name = face_of(post.author, self.user)
            return _("Not told: you muted %(name)s on %(day)s.") % {"name": name, "day": self._day(muted.chosen_at)}
        return self._by_level(post)

    def _by_level(self, post: Post) -> str:
        chosen = [self.watches.get(("thread", post.thread_id)), self.watches.get(("space", post.thread.space_id))]
        chosen += [self.watches.get(("topic", topic)) for topic in self.topics[post.thread_id]]
        levels = [watch.level if watch else None for watch in chosen]
        level = level_among(levels[0], levels[1], [of_topic or "" for of_topic in levels[2:]])
        later = max((watch.chosen_at for watch in chosen if watch), default=None)
        if later is not None and later > post.posted_at:
            words = _("Not told: since %(day)s this counts for you: %(level)s. It was written before that.")
            return words % {"day": self._day(later), "level": level.label}
        if level == Level.MUTED:
            return _("Not told: you muted this.")
        if level in TOLD_BY_LEVEL or post.pk in self.meant:
            return _("Not told: when it was written you couldn't see it yet, or it was gone again at once.")
        return _("Not told: of this you get only what is meant for you, and it neither mentions nor answers you.")

    def _by_mail(self, delivery: Delivery) -> list[str]:
        said = []
        if delivery.state == State.SUPPRESSED:
            return [SUPPRESSED[Why(delivery.why)]()]
        issue = delivery.issue
        if issue is not None and issue.state == IssueState.SENT and issue.sent_at is not None:
            words = (
                _("It was in your overview, mailed on %(moment)s.")
                if issue.kind == IssueKind.DIGEST
                else _("It was mailed at once, on %(moment)s.")
            )
            said.append(words % {"moment": self._moment(issue.sent_at)})
            if delivery.is_counted:
                said.append(_("There was more than fits in a mail: this was counted in it, with a link."))
        elif delivery.state == State.SENT:
            said.append(_("It was mailed."))
        elif self.is_unreachable:
            return [_("Not by mail yet: our mail to you came back. It comes when you confirm your address.")]
        elif issue is None:
            said.append(self._when(delivery))
        else:
            said.append(self._on_its_way(issue))
        said.append(self._how_much(delivery))
        if delivery.passes_quiet:
            said.append(_("A coordinator marked it as urgent."))
        return said

    def _when(self, delivery: Delivery) -> str:
        """Nothing was made of it yet: when it comes, as things stand."""
        quiet = None if delivery.passes_quiet else held_until(self.preferences, self.now)
        if self.preferences.rhythm == Rhythm.NEVER:
            return SUPPRESSED[Why.NEVER]()
        is_at_once = delivery.is_urgent and not self.preferences.keeps_steady
        if is_at_once or delivery.passes_quiet or self.preferences.rhythm == Rhythm.AT_ONCE:
            at = max(delivery.at + BATCH, self.now)
            if quiet is not None:
                return _("It waits for the end of your quiet hours and is mailed at %(moment)s.") % {
                    "moment": self._moment(quiet)
                }
            return _("It is mailed within ten minutes, at %(moment)s.") % {"moment": self._moment(at)}
        slot = next_slot(wish_of(self.preferences, self.user), self.last_end, self.now)
        if slot is None:
            return _("It waits for your next overview.")
        slot = held_until(self.preferences, slot) or slot
        return _("It waits for your next overview, which comes on %(moment)s.") % {"moment": self._moment(slot)}

    def _on_its_way(self, issue: Issue) -> str:
        if issue.state == IssueState.PARKED:
            return _(
                "Your mail server didn't take the mail, or something went wrong with it. The coordinators can see "
                "that; they don't see what it is about."
            )
        quiet = None if issue.passes_quiet else held_until(self.preferences, self.now)
        if quiet is not None:
            return _("It waits for the end of your quiet hours and is mailed at %(moment)s.") % {
                "moment": self._moment(quiet)
            }
        if issue.state == IssueState.UNCERTAIN and issue.not_before is not None:
            return _(
                "The mail was handed over and no answer came; you may have it already. It is sent again on %(moment)s."
            ) % {"moment": self._moment(issue.not_before)}
        if issue.attempts and issue.not_before is not None:
            return _("Your mail server asked for patience; it is tried again on %(moment)s.") % {
                "moment": self._moment(issue.not_before)
            }
        return _("The mail with it is on its way.")

    def _how_much(self, delivery: Delivery) -> str:
        if delivery.mail_detail == MailDetail.DISCREET:
            return _(
                "By mail discreetly: you, the space, whoever opened the discussion or whoever wrote it chose so then."
            )
        if delivery.mail_detail == MailDetail.TITLES:
            return _(
                "By mail with its title only: you, the space, whoever opened the discussion or wrote it chose so."
            )
        return _("By mail with its title and beginning.")

    def _moment(self, moment: datetime) -> str:
        return formats.date_format(timezone.localtime(moment, self.preferences.zone), "j F, H:i")

    def _day(self, moment: datetime) -> str:
        return formats.date_format(timezone.localtime(moment, self.preferences.zone), "j F")


# Asked when printed, in the language of the reader.
SUPPRESSED = {
    Why.NEVER: lambda: _("Not by mail: you wanted no mail then."),
    Why.UNSEEN: lambda: _("Not by mail: when it was sent the post was gone, or you couldn't see it."),
    Why.READ: lambda: _("Not by mail: you had read it here before it was sent."),
    Why.LEVEL: lambda: _("Not by mail: when it was sent you followed this less closely, or the call was taken back."),
    Why.MUTED: lambda: _("Not by mail: when it was sent you had muted whoever wrote it."),
    Why.TAKEN: lambda: _("Not by mail: the call was taken out of the post before it was sent."),
    Why.AWAY: lambda: _("Not by mail: your account was switched off when it was to be sent."),
}
