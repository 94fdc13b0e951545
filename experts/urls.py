"""Addresses of experts: the directory, profiles and names, organisations, topics, joining, and the members' list."""

from django.urls import path, re_path

from experts.views import directory, joining, members, organisations, profiles, topics

app_name = "experts"
urlpatterns = [
    path("", directory.expert_list, name="list"),
    path("profile/", profiles.profile_edit, name="profile_edit"),
    path("profile/<str:key>/", profiles.profile_edit, name="profile_edit"),
    re_path(
        r"^profile/(?P<key>\w+)/as-(?P<seen_by>member|visitor)/$", profiles.profile_preview, name="profile_preview"
    ),
    path("names/", profiles.name_list, name="names"),
    path("names/<str:key>/", profiles.name_edit, name="name_edit"),
    path("names/<str:key>/retire/", profiles.name_retire, name="name_retire"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation_detail, name="organisation"),
    path("topics/", topics.topic_list, name="topics"),
    path("topics/<slug:slug>/", directory.topic, name="topic"),
    path("topics/<slug:slug>/edit/", topics.topic_edit, name="topic_edit"),
    path("join/<str:secret>/", joining.join, name="join"),
    path("members/", members.member_list, name="members"),
    path("members/<str:key>/", members.member_detail, name="member"),
    path("members/<str:key>/suspend/", members.member_suspend, name="member_suspend"),
    path("circles/", members.circle_list, name="circles"),
    path("invitations/", members.invitation_list, name="invitations"),
    path("invitations/new/", members.invite, name="invite"),
    path("invitations/<int:pk>/withdraw/", members.invitation_withdraw, name="invitation_withdraw"),
    path("<str:key>/", directory.expert_detail, name="detail"),
    path("<str:key>/portrait/", directory.portrait, name="portrait"),
]
