"""The editors' side: Wagtail's admin, behind the platform's own sign-in."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    path("", include(wagtailadmin_urls)),
]
