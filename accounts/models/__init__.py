"""User, Preferences, Circle, CircleMembership, Invitation, AccountMail."""

from accounts.models.account_mail import AccountMail
from accounts.models.circle import Circle, CircleMembership
from accounts.models.invitation import Invitation
from accounts.models.preferences import Preferences
from accounts.models.user import User

__all__ = ["AccountMail", "Circle", "CircleMembership", "Invitation", "Preferences", "User"]
