"""Addresses of cms."""

from django.urls import URLPattern

app_name = "cms"
urlpatterns: list[URLPattern] = []
