"""Who is told of what, and how soon: the table of `docs/who-is-told.md`, which a test reads (N1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How closely a space or thread is followed, from near to far."""

    WATCHING = "watching", _("watching")
    FOLLOWING = "following", _("following")
    NORMAL = "normal", _("normal")
    MUTED = "muted", _("muted")


class Reason(models.TextChoices):
    """Why somebody is told, the most personal first."""

    MENTION = "mention", _("you are mentioned")
    REPLY = "reply", _("it answers you")
    GROUP = "group", _("your group is called")
    WATCHING = "watching", _("you watch this")
    FOLLOWING = "following", _("you follow this")


# Kept of a thread in place of a level when somebody let go of their own choice: since then as its space and topics.
AS_SPACE = ""
PERSONAL = (Reason.MENTION, Reason.REPLY, Reason.GROUP)
TOLD_BY_LEVEL = (Level.WATCHING, Level.FOLLOWING)


def reason(
    level: str, *, is_mentioned: bool, is_answered: bool, is_called: bool = False, is_muted: bool = False
) -> Reason | None:
    """Why a member at `level` is told of a post; None when they are not. Muted is stronger than a mention.

    `is_called`: with a group they are in. `is_muted`: it was written under a name that they muted.
    """
    if level == Level.MUTED or is_muted:
        return None
    if is_mentioned:
        return Reason.MENTION
    if is_answered:
        return Reason.REPLY
    if is_called:
        return Reason.GROUP
    return Reason(level) if level in TOLD_BY_LEVEL else None


def is_urgent(level: str) -> bool:
    """Watching is told within ten minutes, whatever the rhythm of the digest."""
    return level == Level.WATCHING
