"""From a kind and its context to a message: templates in the recipient's language and time zone, neutral headers.

What is the same for many mails is rendered once: the frame around the pieces, and each piece (`piece_of`). Both are
remembered by all that they were made of, so that nothing of one recipient can stand in the mail of another.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import escape

from swexpertise.mail.message import Message
from swexpertise.mail.registry import MailKind, kinds

STYLE = "mail/style.css"
_inliner = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
_MARK = secrets.token_hex(8)  # nothing that somebody wrote can hold it
_PLACE = re.compile(f"{_MARK}([a-z_]+){_MARK}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a mail, ready in both forms. What a place in the frame is filled with is not looked at again."""

    text: str
    html: str

    @classmethod
    def of(cls, text: str) -> "Piece":
        """Plain words or an address, the same in both."""
        return cls(text, escape(text))


def compose(
    kind: MailKind,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any],
    pieces: Mapping[str, Piece] | None = None,
    at: datetime | None = None,
    zone: tzinfo | None = None,
    message_id: str | None = None,
    headers: Mapping[str, str] | None = None,
    return_path: str = "",
) -> Message:
    """A message ready to be delivered. `at` becomes its Date, in UTC; of a discreet kind to the minute only, so that
    it says nothing of how much there was to do before it (N4). LookupError: nobody registered the kind.

    `pieces` are printed by the templates like the `context`. With them the templates are rendered once for all mails
    of a kind, language and context, which has to be hashable then; only the pieces differ from mail to mail.
    `return_path` is where it bounces to, told to the mail server only; without one, to who it is from.
    """
    if kinds().get(kind.name) is not kind:
        raise LookupError(f"The kind of mail {kind.name} is not registered.")
    zone = zone or timezone.get_default_timezone()
    if pieces is None:
        subject, text, html = _rendered(kind, language, zone, context)
    else:
        frame = _frame(kind, language, str(zone), tuple(sorted(context.items())), tuple(sorted(pieces)))
        subject = _one_line(_filled(frame[0], {name: piece.text for name, piece in pieces.items()}))
        whole = {**pieces, "subject": Piece.of(subject)}
        text = _filled(frame[1], {name: piece.text for name, piece in whole.items()})
        html = _filled(frame[2], {name: piece.html for name, piece in whole.items()})
    moment = (at or timezone.now()).astimezone(UTC).replace(microsecond=0)
    sender = settings.DISCREET_FROM_EMAIL if kind.is_discreet else settings.DEFAULT_FROM_EMAIL
    message = Message(
        subject=subject,
        body=text.strip() + "\n",
        from_email=return_path or sender,
        to=[to],
        headers={
            "Date": format_datetime(moment.replace(second=0) if kind.is_discreet else moment),
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


@lru_cache(maxsize=4096)
def piece_of(template: str, language: str, zone: str, **values: Any) -> Piece:
    """`template`.txt and `template`.html with `values`, which have to be hashable; styles are written in."""
    with translation.override(language), timezone.override(zone):
        values |= {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL, "LANGUAGE_CODE": language}
        text, html = (render_to_string(f"{template}.{form}", values) for form in ("txt", "html"))
    return Piece(text.strip("\n") + "\n\n", _inliner.inline_fragment(html, render_to_string(STYLE)))


def _rendered(kind: MailKind, language: str, zone: tzinfo | str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text, and HTML with its styles written in; empty for a kind that has none."""
    values = {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL, **context, "LANGUAGE_CODE": language}
    with translation.override(language), timezone.override(zone):
        subject = _one_line(render_to_string(kind.subject, values))
        values.setdefault("subject", subject)
        text = render_to_string(kind.text, values)
        html = _inliner.inline(render_to_string(kind.html, values)) if kind.html else ""
    return subject, text, html


@lru_cache(maxsize=512)
def _frame(
    kind: MailKind, language: str, zone: str, context: tuple[tuple[str, Any], ...], names: tuple[str, ...]
) -> tuple[list[str], ...]:
    """Subject, text and HTML, cut at the places for pieces: words and names by turns."""
    places = {name: f"{_MARK}{name}{_MARK}" for name in (*names, "subject")}
    return tuple(_PLACE.split(part) for part in _rendered(kind, language, zone, {**dict(context), **places}))


def _filled(frame: list[str], given: Mapping[str, str]) -> str:
    return "".join(given[part] if place % 2 else part for place, part in enumerate(frame))


def _one_line(text: str) -> str:
    return " ".join(text.split())
