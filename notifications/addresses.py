"""The addresses that our mail carries for what may come back: to be answered at, and to bounce to.

Both are made of the mail's own Message-ID and SECRET_KEY, so that a second copy of a mail has the same. Of an address
to answer at only the hash is stored; an address to bounce at needs no row.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from notifications.contents import Content
from notifications.models import Issue, Note, ReplyAddress
from notifications.models.inbound import LIFE, hash_of
from notifications.models.issue import Kind

REPLY, BOUNCE, UNSUBSCRIBE = "reply", "bounce", "unsubscribe"
LENGTH = 32  # letters of a token: 128 bits


def give(contents: Iterable[Content], *, now: datetime) -> None:
    """Puts on each content that can be answered by mail the address to answer at. One query, however many."""
    if not settings.REPLY_DOMAIN:
        return
    rows = []
    for content in contents:
        post = answered_by(content)
        if post is None:
            continue
        issue = content.issue
        token = _secret("reply", issue, str(post))
        content.reply_to = f"{REPLY}+{token}@{settings.REPLY_DOMAIN}"
        rows.append(
            ReplyAddress(
                token_hash=hash_of(token),
                recipient_id=issue.recipient_id,
                post_id=post,
                sent_to_hash=hash_of(issue.recipient.email),
                expires_at=now + LIFE,
            )
        )
    if rows:
        ReplyAddress.objects.bulk_create(rows, ignore_conflicts=True)


def answered_by(content: Content) -> int | None:
    """The post that an answer to this mail would answer: the last one shown, when all stand in one open discussion.

    A digest can't be answered, since nobody knows which of its posts is meant; nor a discreet mail, which names none.
    """
    return (
        content.last_post
        if content.issue.kind == Kind.AT_ONCE and not content.more and not content.more_calls
        else None
    )


def return_path(mail: Issue | Note) -> str:
    """Where `mail` bounces to; empty when bounces don't come to us."""
    if not settings.REPLY_DOMAIN:
        return ""
    return f"{BOUNCE}+{_local(mail)}.{_secret('bounce', mail)}@{settings.REPLY_DOMAIN}"


def bounced(token: str) -> Issue | Note | None:
    """Whose mail came back; None when the token was not made here, or for an address that is no longer theirs."""
    local, _dot, _secret_part = token.partition(".")
    for sort in (Issue, Note):
        named = sort.objects.filter(message_id=f"<{local}@{settings.MAIL_DOMAIN}>").select_related("recipient")
        mail = named.first()
        if mail is not None and constant_time_compare(token, f"{_local(mail)}.{_secret('bounce', mail)}"):
            return mail
    return None


def parts_of(address: str) -> tuple[str, str]:
    """What an address of ours is for, and its token; ("", "") for any other address."""
    local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
    if not settings.REPLY_DOMAIN or domain != settings.REPLY_DOMAIN.lower():
        return "", ""
    kind, _plus, token = local.partition("+")
    return (kind, token) if kind in (REPLY, BOUNCE, UNSUBSCRIBE) else ("", "")


def _local(mail: Issue | Note) -> str:
    return mail.message_id.strip("<>").partition("@")[0]


def _secret(what: str, mail: Issue | Note, more: str = "") -> str:
    recipient: User = mail.recipient
    value = f"{mail.message_id} {recipient.pk} {recipient.email} {more}"
    length = LENGTH if what == "reply" else LENGTH // 2
    return salted_hmac(f"notifications.{what}", value, algorithm="sha256").hexdigest()[:length]
