"""Letter, Recipient."""

from letters.models.letter import Letter
from letters.models.recipient import Recipient

__all__ = ["Letter", "Recipient"]
