"""Addresses of cms outside the page tree."""

from django.urls import path

from cms.feeds import PublicFeed
from cms.views import files, machines, share, start

app_name = "cms"
urlpatterns = [
    path("", start.start, name="start"),
    path("knowledge/", start.knowledge, name="knowledge"),
    path("about/", start.about, name="about"),
    path("privacy/", start.privacy, name="privacy"),
    path("p/<uuid:key>/", start.page, name="page"),
    path("p/<int:pk>/", start.exact_page, name="exact_page"),
    path("share/<int:pk>/", share.mastodon, name="share"),
    path("files/pictures/<str:name>", files.picture, name="picture"),
    path("files/documents/<str:key>", files.document, name="document"),
    path("feeds/<str:language>.atom", PublicFeed(), name="feed"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
]
