"""Language and time zone of a member; asking for a new password."""

import zoneinfo
from typing import Any

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.mails import RESET
from accounts.models import Preferences, User
from accounts.posting import post_account_mail

_REGIONS = ("Europe", "Africa", "America", "Asia", "Atlantic", "Australia", "Indian", "Pacific")


def time_zones() -> list[tuple[str, str]]:
    """Zones that are named after a place, as people read them."""
    names = sorted(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in _REGIONS)
    names.sort(key=lambda name: not name.startswith("Europe/"))
    return [(name, name.replace("_", " ").replace("/", " / ")) for name in names]


class LocaleForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("Times on pages and in mail follow this.")
    )

    @classmethod
    def of(cls, preferences: Preferences, data: object = None) -> "LocaleForm":
        initial = {"language": preferences.language, "time_zone": preferences.time_zone}
        return cls(data, initial=initial)  # type: ignore[arg-type]  # what was sent, or None


class ReadingForm(forms.Form):
    shows_noted = forms.BooleanField(
        label=_("Always show texts with a content note"),
        required=False,
        help_text=_(
            "Somebody who writes about violence, for instance, can put a note in front. Such a text is folded, and "
            "stands in no mail and in no excerpt, unless you tick this."
        ),
    )

    @classmethod
    def of(cls, preferences: Preferences, data: object = None) -> "ReadingForm":
        return cls(data, initial={"shows_noted": preferences.shows_noted})  # type: ignore[arg-type]  # what was sent, or None


class ResetForm(ResetPasswordForm):
    """Known or not, the address goes to the worker: looking it up here would show in the time of the answer (P3)."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: object) -> str:
        post_account_mail(RESET, self.cleaned_data["email"])
        return str(self.cleaned_data["email"])


class EraseForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        error_messages={"required": _("Fill in your password, so that nobody else does this.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("That is not your password. Nothing was erased."))
        return str(self.cleaned_data["password"])
