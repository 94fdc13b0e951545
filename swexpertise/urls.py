"""Every address of the platform. Apps are included by name; this package imports none of them."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from swexpertise import patterns
from swexpertise.safety import views as safety

urlpatterns = [
    path("leave/", safety.leave, name="leave"),
    path("health/live", safety.live, name="health_live"),
    path("health/ready", safety.ready, name="health_ready"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("accounts.urls")),
    path("experts/", include("experts.urls")),
    path("discussions/", include("discussions.urls")),
    path("letters/", include("letters.urls")),
    path("notifications/", include("notifications.urls")),
    path("search/", include("search.urls")),
    path("cms/", include("cms.urls_admin")),
    path("", include("cms.urls")),
]
handler400 = safety.bad_request
if settings.DEMO:
    urlpatterns += [
        path("mailbox/", include("swexpertise.mailbox.urls")),
        path("patterns/", patterns.patterns, name="patterns"),
    ]
urlpatterns += i18n_patterns(
    # Wagtail's own sign-in form would count no tries and skip the second step (S7, P2).
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("", include("wagtail.urls")),
)
