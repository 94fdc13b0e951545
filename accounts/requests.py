"""The type of a request behind `login_required` or a coordinators' door."""

from django.http import HttpRequest

from accounts.models import User


class MemberRequest(HttpRequest):
    user: User
