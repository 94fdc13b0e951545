from django.urls import path, register_converter

from swexpertise.mailbox import views
from swexpertise.mailbox.letters import KEY


class LetterKey:
    """Only a name as the sink gives it: no way out of its folder."""

    regex = KEY

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LetterKey, "letter")

app_name = "mailbox"
urlpatterns = [
    path("", views.letter_list, name="list"),
    path("<letter:key>/", views.letter_detail, name="detail"),
    path("<letter:key>/html/", views.letter_html, name="html"),
]
