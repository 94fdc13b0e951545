"""The kinds of mail of this storey, and how an issue becomes a message."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.addresses import return_path
from notifications.contents import Content
from notifications.levels import Reason
from notifications.models.issue import Kind
from notifications.models.reachability import NoteKind
from swexpertise.mail import MailKind, Message, compose, register

FOLDER = "notifications/mail"
DIGEST = register(
    MailKind("digest", f"{FOLDER}/issue.subject.txt", f"{FOLDER}/issue.body.txt", f"{FOLDER}/issue.body.html")
)
AT_ONCE = register(MailKind("at_once", DIGEST.subject, DIGEST.text, DIGEST.html))
DISCREET = register(
    MailKind("discreet", f"{FOLDER}/discreet.subject.txt", f"{FOLDER}/discreet.body.txt", is_discreet=True)
)
STEADY = register(MailKind("steady", f"{FOLDER}/steady.subject.txt", f"{FOLDER}/steady.body.txt", is_discreet=True))
NOTES = {
    kind: register(MailKind(f"note_{kind}", DISCREET.subject, f"{FOLDER}/note_{kind}.body.txt", is_discreet=True))
    for kind in NoteKind
}
KINDS = {Kind.DIGEST: DIGEST, Kind.AT_ONCE: AT_ONCE}


def message_for(content: Content, *, at: datetime) -> Message:
    """The mail of one issue. Discreet when nothing of it may be named: then the same for one event and a hundred."""
    issue = content.issue
    preferences = issue.recipient.preferences
    key = issue.recipient.mail_key.key
    return compose(
        _kind(content),
        to=issue.recipient.email,
        language=preferences.language,
        zone=preferences.zone,
        context=_context(content, key),
        at=at,
        message_id=issue.message_id,
        headers=headers(key) | ({"Reply-To": content.reply_to} if content.reply_to else {}),
        return_path=return_path(issue),
    )


def _kind(content: Content) -> MailKind:
    """A steady member gets the same words whether or not there is something new, so they don't say that there is."""
    if content.is_discreet:
        return STEADY if content.is_steady else DISCREET
    return KINDS[Kind(content.issue.kind)]


def headers(key: str) -> dict[str, str]:
    """RFC 8058 and RFC 2919: how to stop it, by one click or by mail; the same list for everything (N4, N15)."""
    domain = settings.REPLY_DOMAIN or settings.MAIL_DOMAIN
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(key)}>, <mailto:unsubscribe@{domain}?subject={key}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<post.{settings.MAIL_DOMAIN}>",
    }


def unsubscribe_url(key: str) -> str:
    return settings.SITE_URL + reverse("notifications:unsubscribe", args=[key])


def _context(content: Content, key: str) -> dict[str, Any]:
    here = {"inbox_url": settings.SITE_URL + reverse("notifications:inbox"), "unsubscribe_url": unsubscribe_url(key)}
    if content.is_discreet:
        return here
    return here | {
        "content": content,
        "is_digest": content.issue.kind == Kind.DIGEST,
        "settings_url": settings.SITE_URL + reverse("notifications:settings"),
        "key": key,
        "told": Told(content),
        "can_answer": bool(content.reply_to),
    }


class Told:
    """The subject in words, made when the template asks, which is in the recipient's language."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def subject(self) -> str:
        shown = self.content.shown
        others = len(shown) + self.content.more - 1
        thread, item = shown[0]
        names = {"name": item.face.display_name, "title": thread.title}
        if item.reason == Reason.MENTION:
            words = _("%(name)s mentioned you in “%(title)s”") % names
        elif item.reason == Reason.REPLY:
            words = _("%(name)s answered you in “%(title)s”") % names
        else:
            words = _("New in “%(title)s”") % names
            others = len({t.pk for t, _item in shown}) - 1
            if others:
                return ngettext(
                    "%(words)s and %(count)d more discussion", "%(words)s and %(count)d more discussions", others
                ) % {"words": words, "count": others}
            return words
        if others:
            return ngettext("%(words)s, and %(count)d more post", "%(words)s, and %(count)d more posts", others) % {
                "words": words,
                "count": others,
            }
        return words
