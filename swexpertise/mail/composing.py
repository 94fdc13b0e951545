"""From a kind and its context to a message: templates in the recipient's language and time zone, neutral headers."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from swexpertise.mail.registry import MailKind, kinds

_inliner = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)


class Message(EmailMultiAlternatives):
    """With headers on one line: a folded List-Unsubscribe is not found by every mail program."""

    def message(self, **policy: Any) -> Any:
        message: Any = super().message(**policy)
        message.policy = message.policy.clone(max_line_length=None)
        return message


def compose(
    kind: MailKind,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any],
    at: datetime | None = None,
    zone: tzinfo | None = None,
    message_id: str | None = None,
    headers: Mapping[str, str] | None = None,
    return_path: str = "",
) -> Message:
    """A message ready to be delivered. `at` becomes its Date, in UTC. LookupError: nobody registered the kind.

    `return_path` is where it bounces to, told to the mail server only; without one, to who it is from.
    """
    if kinds().get(kind.name) is not kind:
        raise LookupError(f"The kind of mail {kind.name} is not registered.")
    at = at or timezone.now()
    values = {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL, **context}
    with translation.override(language), timezone.override(zone or timezone.get_default_timezone()):
        values["LANGUAGE_CODE"] = language
        values["subject"] = " ".join(render_to_string(kind.subject, values).split())
        text = render_to_string(kind.text, values)
        html = _inliner.inline(render_to_string(kind.html, values)) if kind.html else ""
    sender = settings.DISCREET_FROM_EMAIL if kind.is_discreet else settings.DEFAULT_FROM_EMAIL
    message = Message(
        subject=values["subject"],
        body=text.strip() + "\n",
        from_email=return_path or sender,
        to=[to],
        headers={
            "Date": format_datetime(at.astimezone(UTC).replace(microsecond=0)),
            "Message-ID": message_id or f"<{secrets.token_hex(16)}@{settings.MAIL_DOMAIN}>",
            "Content-Language": language,
            **({"Auto-Submitted": "auto-generated"} if kind.is_automatic else {}),
            **({"From": sender} if return_path else {}),
            **(headers or {}),
        },
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message
