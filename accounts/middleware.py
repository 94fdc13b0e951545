"""A member's own language and time zone, on every page outside the public pages (whose address says the language)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.audiences import Viewer
from accounts.models import Preferences
from accounts.models.preferences import PreferencesQuerySet
from swexpertise.prepared import prepared


@prepared
def _own(viewer: Viewer) -> PreferencesQuerySet:
    return Preferences.objects.visible_to(viewer)


class MemberLocale:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        preferences = next(iter(_own(request.user)), None)
        if preferences is None:
            return self.get_response(request)
        if translation.get_language_from_path(request.path_info) is None:
            translation.activate(preferences.language)
            request.LANGUAGE_CODE = preferences.language
        with timezone.override(preferences.zone):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        return response
