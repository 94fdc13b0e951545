"""Entry, Rebuild."""

from search.models.entry import Entry, Kind
from search.models.rebuild import Rebuild

__all__ = ["Entry", "Kind", "Rebuild"]
