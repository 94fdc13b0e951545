"""The number at "For you", asked only when a template prints it."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.models import Delivery

MOST = 99


def nav_unread(request: HttpRequest) -> dict[str, object]:
    """How many unread posts wait in the inbox, up to 99; one query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"nav_unread": SimpleLazyObject(lambda: Delivery.objects.visible_to(user).in_app().unread()[:MOST].count())}
