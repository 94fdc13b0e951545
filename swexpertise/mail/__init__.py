"""The only door through which mail leaves: a registry of kinds, composing, and a connection (N23).

Every mail is of a registered kind; an app registers its kinds when it is loaded. Composing reads templates in the
recipient's language; delivering raises what the mail server answered, so that the caller can note it.
"""

from swexpertise.mail.composing import Piece, compose, piece_of
from swexpertise.mail.delivering import (
    Trouble,
    Unanswered,
    deliver,
    in_short,
    is_for_later,
    open_connection,
    trouble_of,
)
from swexpertise.mail.message import Message
from swexpertise.mail.registry import MailKind, kinds, register

__all__ = [
    "MailKind",
    "Message",
    "Piece",
    "Trouble",
    "Unanswered",
    "compose",
    "deliver",
    "in_short",
    "is_for_later",
    "kinds",
    "open_connection",
    "piece_of",
    "register",
    "trouble_of",
]
