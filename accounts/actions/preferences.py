"""How a member wants to be addressed."""

from django.db import transaction

from accounts.models import Preferences, User


@transaction.atomic
def choose_locale(*, by: User, language: str, time_zone: str) -> None:
    Preferences.objects.update_or_create(user=by, defaults={"language": language, "time_zone": time_zone})


@transaction.atomic
def choose_reading(*, by: User, shows_noted: bool) -> None:
    """Whether texts with a content note are shown at once, in mail and excerpts too (N13)."""
    Preferences.objects.update_or_create(user=by, defaults={"shows_noted": shows_noted})


def preferences_of(user: User) -> Preferences:
    """A member's own; the defaults for whoever has none yet."""
    return Preferences.objects.visible_to(user).first() or Preferences(user=user)
