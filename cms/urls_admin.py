"""The editors' side: Wagtail's admin, behind the platform's own sign-in and without anything about people."""

from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from cms.views import editors

urlpatterns = [
    path("login/", editors.sign_in),
    re_path(r"^account(/.*)?$", editors.settings),
    # Accounts and groups are the platform's affair; Wagtail's reports tell every editor who did what (K17).
    re_path(r"^(users|groups|password_reset|reports)(/.*)?$", editors.nothing_here),
    path("", include(decorate_urlpatterns(wagtailadmin_urls.urlpatterns, editors.editors_only))),
]
