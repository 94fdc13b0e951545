"""The kinds of mail of this storey, and how an issue becomes a message."""

from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.addresses import return_path
from notifications.beside import LetterNews, Page, Vote
from notifications.contents import Content
from notifications.items import Conversation, Item, Some
from notifications.models.issue import Kind
from notifications.models.reachability import NoteKind
from swexpertise.mail import MailKind, Message, Piece, compose, piece_of, register

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
    if kind != NoteKind.DECIDED
} | {NoteKind.DECIDED: DISCREET}  # the very mail of other news, so that nobody sees by it what it is about (D13)
KINDS = {Kind.DIGEST: DIGEST, Kind.AT_ONCE: AT_ONCE}


def message_for(content: Content, *, at: datetime) -> Message:
    """The mail of one issue. Discreet when nothing of it may be named: then the same for one event and a hundred, with
    the Message-ID as the only thing that varies (N4)."""
    issue = content.issue
    preferences = issue.recipient.preferences
    key = issue.recipient.mail_key.key
    here = {"inbox_url": _address(settings.SITE_URL, "inbox")}
    return compose(
        _kind(content),
        to=issue.recipient.email,
        language=preferences.language,
        zone=preferences.zone,
        context=here if content.is_discreet else here | _context(content),
        pieces={"unsubscribe_url": Piece.of(unsubscribe_url(key))} | ({} if content.is_discreet else _pieces(content)),
        at=at,
        message_id=issue.message_id,
        headers=headers(key) | _conversation(content) | ({"Reply-To": content.reply_to} if content.reply_to else {}),
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
    return _address(settings.SITE_URL, "unsubscribe", "KEY").replace("KEY", key)


@lru_cache(maxsize=1024)
def _address(site: str, name: str, *args: object) -> str:
    return site + reverse(f"notifications:{name}", args=args)


def _is_about_one_thread(content: Content) -> bool:
    return content.issue.kind == Kind.AT_ONCE and content.thread is not None


def _conversation(content: Content) -> dict[str, str]:
    """What is told at once of one thread is one conversation in a mail program (N14): all of it answers one mail that
    was never sent. Its name is made with the server's secret, for each member another, so that it tells nobody which
    thread it is. An overview, or a mail that names nothing, belongs to no conversation."""
    if content.is_discreet or not _is_about_one_thread(content):
        return {}
    name = salted_hmac("notifications.conversation", f"{content.issue.recipient_id}:{content.thread}").hexdigest()
    root = f"<{name[:32]}@{settings.MAIL_DOMAIN}>"
    return {"In-Reply-To": root, "References": root}


def _context(content: Content) -> dict[str, object]:
    """What decides the frame: the same for very many mails."""
    return {
        "settings_url": _address(settings.SITE_URL, "settings"),
        "is_digest": content.issue.kind == Kind.DIGEST,
        "has_calls": bool(content.personal or content.votes.shown),
        "is_sealed": content.is_sealed,
        "stops": "thread" if content.thread else "space" if content.space else "letter" if content.letter else "",
        "can_answer": bool(content.reply_to),
    }


def _pieces(content: Content) -> dict[str, Piece]:
    """What stands in this mail, part by part."""
    preferences = content.issue.recipient.preferences
    language, zone = preferences.language, preferences.time_zone

    def parts(name: str, values: list[object]) -> Piece:
        made = [piece_of(f"{FOLDER}/{name}", language, zone, it=value) for value in values]
        return Piece("".join(one.text for one in made), "".join(one.html for one in made))

    def some(name: str, things: Some) -> Piece:
        return parts(name, [things] if things.shown else [])

    return {
        "subject_line": Piece.of(subject(content)),
        "calls": parts("_call", list(content.personal)),
        "more_calls": parts("_more_calls", [content.more_calls] if content.more_calls else []),
        "votes": some("_votes", content.votes),
        "spaces": parts("_space", list(content.spaces)),
        "more": parts("_more", [content.more] if content.more else []),
        "letters": some("_letters", content.letters),
        "pages": some("_pages", content.pages),
        "stop_url": Piece.of(_stop_url(content)),
    }


def _stop_url(content: Content) -> str:
    """Stops the thread, the space or the letter that all of the mail is about; empty when there are several."""
    one = {"thread": content.thread, "space": content.space, "letter": content.letter}
    kind, pk = next(((kind, pk) for kind, pk in one.items() if pk is not None), ("", None))
    if pk is None:
        return ""
    url = _address(settings.SITE_URL, "unsubscribe_from", "KEY", kind, pk)
    return url.replace("KEY", content.issue.recipient.mail_key.key)


def subject(content: Content) -> str:
    """In words, in the recipient's language. What is told at once of one thread has its title and nothing else: mail
    programs keep together what has one subject."""
    with translation.override(content.issue.recipient.preferences.language):
        first = content.shown[0]
        if _is_about_one_thread(content):
            return first.title
        words = _about(first)
        others = content.threads - 1 if isinstance(first, Item | Conversation) else content.threads
        if not others:
            return words
        more = ngettext("%(words)s and %(count)d more discussion", "%(words)s and %(count)d more discussions", others)
        return more % {"words": words, "count": others}


def _about(first: Item | Vote | Conversation | LetterNews | Page) -> str:
    if isinstance(first, LetterNews):
        words = _("A new letter: “%(title)s”") if first.is_offered else _("News of the letter “%(title)s”")
        return words % {"title": first.title}
    if isinstance(first, Page):
        words = _("Checked again: “%(title)s”") if first.is_checked else _("New in Knowledge: “%(title)s”")
        return words % {"title": first.title}
    if isinstance(first, Conversation):
        return _("New in “%(title)s”") % {"title": first.title}
    return first.says
