"""What an overview is made of: a post, what is new in a thread, and some of many. Frozen, since what is equal for two
members is rendered once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.levels import Reason

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Item:
    """One post as one member may see it. `excerpt` is empty where only titles may stand in mail.

    Compared by all that it says: whatever is equal is rendered once, for whoever may see just that.
    """

    reason: str
    name: str
    title: str
    at: datetime
    path: str
    excerpt: str
    is_there_too: bool = False  # in the discussion of the one above it

    @property
    def says(self) -> str:
        """Who calls or answers, and where."""
        if self.is_there_too:
            words = {
                Reason.MENTION: _("%(name)s mentioned you there too"),
                Reason.GROUP: _("%(name)s called your group there too"),
            }.get(Reason(self.reason), _("%(name)s answered you there too"))
        else:
            words = {
                Reason.MENTION: _("%(name)s mentioned you in “%(title)s”"),
                Reason.GROUP: _("%(name)s called your group in “%(title)s”"),
            }.get(Reason(self.reason), _("%(name)s answered you in “%(title)s”"))
        return words % {"name": self.name, "title": self.title}


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is new in one thread: how much, by whom, since when, where it stands, and the beginning of it. `space` is
    empty where that is said above it already; `items` where there is no room for them."""

    title: str
    space: str
    path: str
    at: datetime
    stand: str
    count: int
    names: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.items)

    @property
    def who(self) -> str:
        """ "Bram", "Bram and Anna", "Bram, Anna and 3 others"."""
        first, *others = self.names
        if not others:
            return first
        if len(others) == 1:
            return _("%(first)s and %(second)s") % {"first": first, "second": others[0]}
        words = ngettext(
            "%(first)s, %(second)s and %(count)d other", "%(first)s, %(second)s and %(count)d others", len(others) - 1
        )
        return words % {"first": first, "second": others[0], "count": len(others) - 1}

    @property
    def news(self) -> str:
        """ "5 new posts by Bram and Anna"."""
        return _("%(count)s new posts by %(who)s") % {"count": self.count, "who": self.who}


@dataclass(frozen=True, slots=True)
class Place:
    """A topic, or a space, with what is new in it."""

    name: str
    conversations: tuple[Conversation, ...]


@dataclass(frozen=True, slots=True)
class Some(Generic[Thing]):
    """What there is room for, and how much more there is."""

    shown: tuple[Thing, ...] = ()
    more: int = 0
