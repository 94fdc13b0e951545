"""Addresses of accounts: sign-in (allauth), settings, invitations."""

from django.urls import include, path

urlpatterns = [
    path("", include("allauth.urls")),
]
