"""Addresses of notifications."""

from django.urls import path, re_path

from notifications.views import inbox, settings, unsubscribe

app_name = "notifications"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("read/", inbox.read_up_to_here, name="read"),
    path("read/<int:pk>/", inbox.read_up_to_here, name="read_thread"),
    path("settings/", settings.settings, name="settings"),
    path("watch/thread/<int:pk>/", settings.watch_thread, name="watch_thread"),
    path("watch/space/<int:pk>/", settings.watch_space, name="watch_space"),
    path("stop/<str:key>/", unsubscribe.unsubscribe, name="unsubscribe"),
    re_path(
        r"^stop/(?P<key>[^/]+)/(?P<kind>thread|space)/(?P<pk>[0-9]{1,12})/$",
        unsubscribe.unsubscribe,
        name="unsubscribe_from",
    ),
]
