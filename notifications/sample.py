"""A sample of the member's own mail, made of invented posts by the templates of the real one, as they chose it."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actions.preferences import preferences_of
from accounts.models import User
from accounts.models.preferences import MailDetail
from notifications.beside import Page, Vote
from notifications.contents import Content
from notifications.items import Conversation, Item, Place, Some
from notifications.levels import Reason
from notifications.mails import message_for
from notifications.models import Issue, MailKey
from notifications.models.issue import Kind
from swexpertise.mail import Message


def sample_for(user: User, *, at: datetime, key: MailKey | None = None) -> Message:
    """What a next overview would look like. Nothing is stored, and nothing in it is real. Without `key`, for a page:
    the key in it is invented too."""
    user.preferences = preferences_of(user)
    user.mail_key = key or MailKey(user=user)
    issue = Issue(recipient=user, kind=Kind.DIGEST, window_from=at - timedelta(days=1), window_to=at)
    with translation.override(user.preferences.language):
        return message_for(_content(issue, at), at=at)


def _content(issue: Issue, at: datetime) -> Content:
    preferences = issue.recipient.preferences
    if preferences.detail == MailDetail.DISCREET:
        return Content(issue, is_sealed=True, is_steady=preferences.keeps_steady)
    is_full = preferences.detail == MailDetail.FULL

    def item(reason: Reason, name: str, title: str, said: str, hours: int) -> Item:
        moment = at - timedelta(hours=hours)
        return Item(reason, name, title, moment, reverse("notifications:sample"), said if is_full else "")

    called = item(
        Reason.MENTION,
        _("Sam"),
        _("Example: how do you begin a first conversation?"),
        _("You have done this often. How do you begin?"),
        3,
    )
    title = _("Example: which opening hours work?")
    items = (
        item(Reason.FOLLOWING, _("Noor"), title, _("With us the evening works best, after eight."), 6),
        item(Reason.FOLLOWING, _("Robin"), title, _("Here it is the other way round: before noon."), 5),
    )
    conversation = Conversation(
        title, "", items[0].path, items[0].at, "", len(items), tuple(one.name for one in items), items
    )
    vote = Vote(_("Example: do we send this letter?"), title, at + timedelta(hours=20), items[0].path, False, True)
    page = Page(_("Example: testing on location"), items[0].path, _("Where it can be done.") if is_full else "", False)
    return Content(
        issue,
        personal=[called],
        votes=Some((vote,)),
        spaces=[Place(_("An example of a space"), (conversation,))],
        pages=Some((page,)),
        threads=2,
    )
