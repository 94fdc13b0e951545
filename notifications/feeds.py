"""The newest posts of a space as Atom (RFC 4287), asked anew as the member whose address it is, at every fetch (D18);
and what the member is told, from everywhere (N5).

A feed leaves the house as a mail does, so the same discretion holds: what the space, the thread and the author let
stand in mail stands here, and a text under a content note doesn't (N3, N13).
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.preferences import MailDetail
from discussions.models import Post, Space, Thread
from discussions.models.post import in_place_of, is_folded
from experts.faces import face_of
from notifications.beside import calls_for, came_for, detail_of, letter_of, page_of, vote_of
from notifications.discretion import allowed_by, allowed_of_letter, strictest
from notifications.inbox import OFFERED_FOR, wishes_of
from notifications.models import Delivery, Event

NEWEST = 50
LONGEST = 400
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


def newest_posts(space: Space, viewer: User) -> Iterable[Post]:
    """Of the threads that moved last, the last posts: both found by their indexes, however many there are."""
    moved = Thread.objects.visible_to(viewer).in_space(space).order_by("-last_post_at", "-pk").values("pk")[:NEWEST]
    posts = Post.objects.visible_to(viewer).live().for_eyes_of(viewer).with_faces()
    recent = posts.filter(thread__in=moved, number__gt=F("thread__last_number") - NEWEST)
    return recent.select_related("thread__space", "author__veil").order_by("-posted_at", "-pk")[:NEWEST]


def feed_of(space: Space, viewer: User) -> str:
    """The whole document. It holds no address of the member, nor the feed's own."""
    is_named = space.mail_detail != MailDetail.DISCREET
    feed = Atom1Feed(
        title=f"{space.name} · {settings.SITE_NAME}" if is_named else settings.SITE_NAME,
        link=settings.SITE_URL + reverse("discussions:list"),
        description="",
        language=viewer.preferences.language,
        feed_guid=f"{settings.SITE_URL}/discussions/#{space.pk}",
    )
    for post in newest_posts(space, viewer):
        _add(feed, post, allowed_by(post), post.excerpt, viewer)
    return feed.writeString("utf-8")


def feed_for(viewer: User, *, now: datetime | None = None) -> str:
    """What the member is told and hasn't read: the list of the inbox, and what stands beside it there and in an
    overview (N5). As discreet as their mail about it (N3)."""
    feed = Atom1Feed(
        title=settings.SITE_NAME,
        link=settings.SITE_URL + reverse("notifications:inbox"),
        description="",
        language=viewer.preferences.language,
        feed_guid=f"{settings.SITE_URL}/notifications/",
    )
    news = Delivery.objects.news_for(viewer).unread().with_posts().with_beginnings(2 * LONGEST)
    for delivery in news.order_by("-at", "-pk")[:NEWEST]:
        if delivery.event.letter is not None:
            _add_letter(feed, delivery, viewer)
            continue
        post = delivery.event.post
        post.thread = delivery.event.thread  # the same, and fetched along
        note = post.content_note
        is_hidden = is_folded(note, sees_noted=viewer.preferences.shows_noted)
        detail = strictest(delivery.mail_detail, viewer.preferences.detail, allowed_by(post))
        _add(feed, post, detail, in_place_of(note) if is_hidden else getattr(delivery, "beginning", ""), viewer)
    _add_beside(feed, viewer, now or timezone.now())
    return feed.writeString("utf-8")


def _add_letter(feed: Atom1Feed, delivery: Delivery, viewer: User) -> None:
    """What happened to a letter, as far as it may be named."""
    event = delivery.event
    detail = strictest(delivery.mail_detail, viewer.preferences.detail, allowed_of_letter(event.letter))
    news = letter_of(event, detail, is_offered=False)
    where = settings.SITE_URL + reverse("letters:number", args=[event.letter_id])
    feed.add_item(
        title=_("News of a letter") if detail == MailDetail.DISCREET else f"{news.title}: {news.says}",
        link=where,
        description=news.excerpt,
        unique_id=f"{where}#{event.pk}",
        pubdate=event.at,
        updateddate=event.at,
    )


def _add_beside(feed: Atom1Feed, viewer: User, now: datetime) -> None:
    """Votes that close soon, new and newly checked pages, new letters. Three queries."""
    preferences, ended = wishes_of(viewer)
    for event, is_last in calls_for(viewer, preferences, last_end=ended, now=now):
        vote, detail = vote_of(event, is_last=is_last), detail_of(event, preferences)
        title = _("A vote that closes soon")
        if detail != MailDetail.DISCREET:
            title = _("You can still vote: “%(question)s”") % {"question": vote.title}
        _add_thing(feed, event, vote.path, title, vote.question if detail == MailDetail.FULL else "")
    for event in came_for(viewer, preferences, since=now - OFFERED_FOR, now=now):
        detail = detail_of(event, preferences)
        if event.letter is not None:
            letter = letter_of(event, detail, is_offered=True)
            where, title, text = reverse("letters:number", args=[event.letter_id]), letter.title, letter.excerpt
            unnamed = _("News of a letter")
        else:
            page = page_of(event, detail)
            where, title, text = page.path, page.title, page.teaser
            unnamed = _("New in the knowledge base")
        _add_thing(feed, event, where, unnamed if detail == MailDetail.DISCREET else title, text)


def _add_thing(feed: Atom1Feed, event: Event, path: str, title: str, text: str) -> None:
    where = settings.SITE_URL + path
    feed.add_item(
        title=title,
        link=where,
        description=text,
        unique_id=f"{where}#{event.pk}",
        pubdate=event.at,
        updateddate=event.at,
    )


def _add(feed: Atom1Feed, post: Post, detail: MailDetail, said: str, viewer: User) -> None:
    """One post, as far as `detail` lets it be named and quoted."""
    where = settings.SITE_URL + reverse("discussions:post", args=[post.pk])
    title, text, author = _("New post"), "", None
    if detail != MailDetail.DISCREET:
        title = post.thread.title if post.number == 1 else _("Reply: %(title)s") % {"title": post.thread.title}
    if detail == MailDetail.FULL:
        text, author = Truncator(said).chars(LONGEST), face_of(post.author, viewer).display_name
    feed.add_item(
        title=title,
        link=where,
        description=text,
        unique_id=where,
        pubdate=post.posted_at,
        updateddate=post.edited_at or post.posted_at,
        author_name=author,
    )
