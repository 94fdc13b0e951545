"""Addresses of letters."""

from django.urls import path

from letters import views

app_name = "letters"
urlpatterns = [
    path("", views.letter_list, name="list"),
    path("l/<int:pk>/", views.letter_by_number, name="number"),
    path("<slug:slug>/", views.letter_detail, name="detail"),
]
