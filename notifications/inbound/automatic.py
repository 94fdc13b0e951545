"""Whether a mail was written by a machine: an absence, a list, a bounce, our own voice. Such a mail is never answered,
and never becomes a post (RFC 3834)."""

import re
from email.message import Message
from email.utils import parseaddr

from django.conf import settings

from notifications.inbound.reading import header_text

MOST_HOPS = 40
BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
MARKS = (
    "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Loop", "X-Failed-Recipients", "List-Id",
    "List-Unsubscribe", "List-Post", "Feedback-ID",
)  # fmt: skip
SUBJECT = re.compile(
    r"^\W*(?:automatisch(?:e)? (?:antwoord|bericht|beantwoording|e-?mail)|automatic reply|"
    r"auto(?:matic)?[ -]?(?:reply|response)|"
    r"autoreply|out of (?:the )?office|afwezig|afwezigheid|ik ben (?:er )?(?:niet|afwezig|met vakantie)|niet aanwezig|"
    r"buiten kantoor|vakantie(?:bericht|antwoord|melding)|on (?:holiday|vacation|leave)|abwesend|automatische antwort|"
    r"réponse automatique|ontvangstbevestiging|leesbevestiging|read receipt|undeliver|onbestelbaar|mail delivery|"
    r"delivery status|returned mail)",
    re.IGNORECASE,
)
MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|root|daemon)\b", re.IGNORECASE)


def is_automatic(head: Message, *, envelope_from: str | None) -> bool:
    """`envelope_from` is empty for a bounce and None where the mail server didn't say: then Return-Path counts."""
    return_path = head.get("Return-Path") if envelope_from is None else envelope_from
    if return_path is not None and str(return_path).strip() in ("", "<>"):
        return True
    submitted = header_text(head.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = {header_text(value).lower() for value in head.get_all("Precedence") or []}
    sender = parseaddr(header_text(head.get("From", "")))[1].lower()
    return (
        submitted != "no"
        or bool(precedence & BULK)
        or any(mark in head for mark in MARKS)
        or head.get_content_type() == "multipart/report"
        or SUBJECT.match(header_text(head.get("Subject", ""))) is not None
        or MACHINES.match(sender) is not None
        or is_ours(sender)
        or header_text(head.get("Message-ID", "")).rstrip(">").lower().endswith(f"@{settings.MAIL_DOMAIN}".lower())
        or len(head.get_all("Received") or []) > MOST_HOPS
    )


def is_ours(address: str) -> bool:
    """One of the addresses that this platform sends from or is answered at."""
    domains = {settings.REPLY_DOMAIN.lower()} - {""}
    senders = {
        parseaddr(sender)[1].lower()
        for sender in (settings.DEFAULT_FROM_EMAIL, settings.DISCREET_FROM_EMAIL, settings.CONTACT_EMAIL)
    }
    return address in senders or address.rpartition("@")[2] in domains
