"""Addresses of accounts: sign-in (allauth), a second step, settings.

allauth's pages for changing the address stay closed: they would let an address be changed without a second step (P2).
"""

from allauth.account.urls import urlpatterns as sign_in
from django.urls import include, path

from accounts.views import erasing, settings, signing_in

CLOSED = {"account_email", "account_email_verification_sent", "account_confirm_email"}

own = [
    path("settings/", settings.settings, name="settings"),
    path("settings/reading/", settings.choose_reading, name="reading"),
    path("erase/", erasing.erase, name="erase"),
    path("settings/sessions/end/", settings.end_other_sessions, name="end_other_sessions"),
]
# Around allauth's pages of the same address and name, a text that was sent too late finds its way.
carrying = [
    path("login/", signing_in.login, name="account_login"),
    path("2fa/authenticate/", signing_in.second_step, name="mfa_authenticate"),
]
urlpatterns = [
    path("", include((own, "accounts"))),
    *carrying,
    path("", include([pattern for pattern in sign_in if getattr(pattern, "name", "") not in CLOSED])),
    path("2fa/", include("allauth.mfa.urls")),
]
