"""The kinds of mail that this platform sends. A test renders every one; none is sent that doesn't stand here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailKind:
    """`html` is empty for a mail that is text only. `is_automatic` is False for what answers a member's own act.

    A discreet kind leaves by the neutral sender, and with nothing in it that varies but its Message-ID.
    """

    name: str
    subject: str
    text: str
    html: str = ""
    is_automatic: bool = True
    is_discreet: bool = False


_kinds: dict[str, MailKind] = {}


def register(kind: MailKind) -> MailKind:
    """Raises ValueError when another kind has that name."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"There is another kind of mail named {kind.name}.")
    return kind


def kinds() -> dict[str, MailKind]:
    return dict(_kinds)
