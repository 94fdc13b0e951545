"""Addresses of notifications."""

from django.urls import path, re_path

from notifications.views import address, feeds, inbox, post_office, replies, sample, settings, unsubscribe, why

app_name = "notifications"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("catch-up/", inbox.catch_up, name="catch_up"),
    path("read/", inbox.read_up_to_here, name="read"),
    path("letter/<int:pk>/", inbox.letter_go, name="letter"),
    path("settings/", settings.settings, name="settings"),
    path("settings/sample/", sample.sample, name="sample"),
    path("replies/", replies.waiting, name="replies"),
    path("replies/<int:pk>/", replies.reply, name="reply"),
    path("replies/<int:pk>/throw-away/", replies.throw_away, name="reply_throw_away"),
    path("feeds/", feeds.feed_list, name="feeds"),
    path("feeds/mine/open/", feeds.mine_open, name="feed_mine_open"),
    path("feeds/mine/close/", feeds.mine_close, name="feed_mine_close"),
    path("feeds/<int:pk>/open/", feeds.feed_open, name="feed_open"),
    path("feeds/<int:pk>/close/", feeds.feed_close, name="feed_close"),
    path("feed/<str:token>/", feeds.feed, name="feed"),
    path("address/", address.address, name="address"),
    path("address/<str:key>/", address.confirm, name="address_confirm"),
    path("watch/thread/<int:pk>/", settings.watch_thread, name="watch_thread"),
    path("watch/space/<int:pk>/", settings.watch_space, name="watch_space"),
    path("watch/letter/<int:pk>/", settings.watch_letter, name="watch_letter"),
    path("watch/topic/<int:pk>/", settings.watch_topic, name="watch_topic"),
    path("mute/<str:key>/", settings.mute_name, name="mute_name"),
    path("why/", why.why_list, name="why_list"),
    path("why/<int:pk>/", why.why, name="why"),
    path("delivery/", post_office.delivery, name="delivery"),
    path("delivery/<int:pk>/again/", post_office.again, name="delivery_again"),
    path("stop/<str:key>/", unsubscribe.unsubscribe, name="unsubscribe"),
    re_path(
        r"^stop/(?P<key>[^/]+)/(?P<kind>thread|space|letter)/(?P<pk>[0-9]{1,12})/$",
        unsubscribe.unsubscribe,
        name="unsubscribe_from",
    ),
]
