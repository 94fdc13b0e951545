"""Who follows what. The five of the documentation get a digest within a minute of starting; the rest had theirs."""

from __future__ import annotations

import random
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from accounts.models import Preferences, User
from cms.models import ArticlePage
from discussions.models import Poll, Post
from experts.models import Topic
from letters.models import Letter
from notifications.actions import events, watches
from notifications.levels import Level
from notifications.models import Delivery, Event, Issue, MailKey, ParkedReply, Watch
from notifications.models.delivery import State as DeliveryState
from notifications.models.event import Kind
from notifications.models.inbound import Reason
from notifications.models.issue import Kind as IssueKind
from notifications.models.issue import State
from notifications.windows import Wish, latest_slot, wish_of
from swexpertise.demo.world import World

TOLD_OF = timedelta(days=8)  # so that a weekly digest holds something, whatever day it is
FOLLOW = {
    "coordinator": ("veiligheid", "zorg", "wet-en-beleid", "kerngroep"),
    "nurse": ("zorg", "veiligheid"),
    "scientist": ("onderzoek", "international"),
    "activist": ("wet-en-beleid", "veiligheid", "kerngroep"),
    "member": ("zorg", "international", "veiligheid"),
}
MUTED = {"nurse": "wet-en-beleid", "scientist": "veiligheid"}


def play(world: World) -> None:
    _follow(world)
    _choose(world)
    _record(world)
    _offer(world)
    events.fan_out(now=world.now, most=100_000)
    for key, user in world.bar(world.users.items(), "Digests"):
        if key not in FOLLOW:
            _had_theirs(user, world)
    _answered_by_mail(world)


def strike(world: World) -> None:
    """Also goes with the members and posts; here so that no order of taking down leaves a row."""
    Delivery.objects.filter(recipient__email__endswith="@demo.invalid").delete()
    Issue.objects.filter(recipient__email__endswith="@demo.invalid").delete()
    Watch.objects.filter(user__email__endswith="@demo.invalid").delete()
    ParkedReply.objects.filter(recipient__email__endswith="@demo.invalid").delete()
    MailKey.objects.filter(user__email__endswith="@demo.invalid").delete()
    Event.objects.filter(actor__is_sample=True).delete()
    # Polls take theirs along. Pages and letters are real and stay; that they were new was played.
    Event.objects.filter(Q(page__isnull=False) | Q(letter__isnull=False)).delete()


def _answered_by_mail(world: World) -> None:
    """One answer that waits, since its end looks like a signature."""
    nurse = world.users.get("nurse")
    if nurse is None:
        return
    post = Post.objects.visible_to(nurse).live().filter(thread__space__slug="zorg").order_by("-posted_at").first()
    if post is not None:
        ParkedReply.objects.create(
            recipient=nurse,
            post=post,
            reason=Reason.SIGNATURE,
            text="Bij ons kan het op dinsdagmiddag. De ruimte is klein, maar er is stromend water.\n\n"
            "Met vriendelijke groet,\n\nTeam Infectieziekten, locatie Haven",
            received_at=world.now - timedelta(hours=5),
        )


def _follow(world: World) -> None:
    """Others follow two open spaces each, the same two at every playing."""
    usual = [slug for slug, space in world.spaces.items() if space.circle_id is None]
    for key, user in world.users.items():
        for slug in FOLLOW.get(key) or random.Random(key).sample(usual, k=min(2, len(usual))):
            if slug in world.spaces and type(world.spaces[slug]).objects.visible_to(user).filter(slug=slug).exists():
                watches.watch(by=user, thing=world.spaces[slug], level=Level.FOLLOWING)
        if key in MUTED and MUTED[key] in world.spaces:
            watches.watch(by=user, thing=world.spaces[MUTED[key]], level=Level.MUTED)


def _choose(world: World) -> None:
    """One follows a topic wherever it is talked of; one has quiet hours."""
    nurse, scientist = world.users.get("nurse"), world.users.get("scientist")
    topic = Topic.objects.visible_to(nurse).filter(slug="aangifte").first() if nurse else None
    if nurse is not None and topic is not None:
        watches.watch(by=nurse, thing=topic, level=Level.FOLLOWING)
    if scientist is not None:
        begin, end = quiet_hours(timezone.localtime(world.now).hour)
        Preferences.objects.visible_to(scientist).update(quiet_from=begin, quiet_to=end)


def quiet_hours(hour: int) -> tuple[int, int]:
    """Those of somebody who sleeps at night; when the demo is played at night or shortly before, of somebody who rests
    in the afternoon: whoever starts it is to find an overview in the mailbox at every hour of the day."""
    return (22, 7) if 7 <= hour < 19 else (13, 15)


def _record(world: World) -> None:
    """What was played as history, as far as a digest may still tell of it."""
    recent = Post.objects.live().filter(
        thread__in=[thread.pk for thread in world.threads.values()], posted_at__gt=world.now - TOLD_OF
    )
    for post in recent.exclude(pk__in=Event.objects.values("post")).order_by("posted_at"):
        kind = Kind.THREAD_OPENED if post.number == 1 else Kind.POST_PUBLISHED
        events.record(kind=kind, post=post, at=post.posted_at)


def _offer(world: World) -> None:
    """Beside what was written: the votes that are open, the newest article, and a letter that is open."""
    for poll in Poll.objects.filter(thread__in=[thread.pk for thread in world.threads.values()], closed_at=None):
        events.record_poll(poll=poll, at=poll.opens_at)
    yesterday = world.now - timedelta(days=1)
    page = ArticlePage.objects.visible_to(AnonymousUser()).in_language("nl").published_first().first()
    if page is not None:
        events.record_page(page=page, is_first=True, checked_on=None, at=yesterday)
    letter = Letter.objects.visible_to(AnonymousUser()).worth_showing().first()
    if letter is not None and letter.is_open:
        events.record_letter(kind=Kind.LETTER_OPENED, letter=letter, at=yesterday)


def _had_theirs(user: User, world: World) -> None:
    """Their last window ended at their last hour, and what stood in it was sent then."""
    wish: Wish = wish_of(Preferences.objects.visible_to(user).get(), user)
    mail = Delivery.objects.unclaimed().filter(recipient=user)
    if wish.rhythm == "at_once":
        kind, end = IssueKind.AT_ONCE, world.now
    elif wish.rhythm == "never":
        return
    else:
        kind, end = IssueKind.DIGEST, latest_slot(wish, world.now)
    stood_in_it = mail.filter(at__lt=end)
    sent = {"state": State.SENT, "sent_at": end} if stood_in_it.exists() else {"state": State.EMPTY}
    issue = Issue.objects.create(
        recipient=user,
        kind=kind,
        planned_at=end,
        window_from=wish.since,
        window_to=end,
        beside_from=wish.since,
        beside_to=end,
        **sent,
    )
    stood_in_it.update(issue=issue, state=DeliveryState.SENT)
