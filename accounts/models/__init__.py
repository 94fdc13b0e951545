"""User, Preferences, Circle, CircleMembership, Invitation."""

from accounts.models.circle import Circle, CircleMembership
from accounts.models.invitation import Invitation
from accounts.models.preferences import Preferences
from accounts.models.user import User

__all__ = ["Circle", "CircleMembership", "Invitation", "Preferences", "User"]
