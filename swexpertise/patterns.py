"""The pattern page: every component with real words, to look at while designing (demo only)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone


class SampleForm(forms.Form):
    """One field of each kind; the page shows it refused, so that the words of an error are seen too."""

    name = forms.CharField(
        label="Naam", help_text="Zo sta je bij wat je schrijft. Het mag een schuilnaam zijn.", max_length=60
    )
    address = forms.EmailField(
        label="E-mailadres", widget=forms.EmailInput(attrs={"autocomplete": "email"}), help_text="Niemand ziet dit."
    )
    region = forms.ChoiceField(
        label="Regio", required=False, choices=[("", "Geen"), ("n", "Noord"), ("w", "West"), ("z", "Zuid")]
    )
    rhythm = forms.ChoiceField(
        label="Hoe vaak wil je post?",
        widget=forms.RadioSelect,
        choices=[("now", "Meteen"), ("daily", "Elke dag om 08:00"), ("weekly", "Elke maandag"), ("never", "Nooit")],
    )
    languages = forms.MultipleChoiceField(
        label="Talen",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("nl", "Nederlands"), ("en", "Engels"), ("pl", "Pools")],
    )
    introduction = forms.CharField(
        label="Wie ben je?", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="In een paar zinnen."
    )
    discreet = forms.BooleanField(label="Laat in mail geen titels en namen zien", required=False)


def patterns(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "form": SampleForm({"name": "", "address": "anna@", "rhythm": "daily"}),
        "page_obj": Paginator(range(480), 50).get_page(request.GET.get("page", 4)),
        "moments": [
            now - timedelta(minutes=20),
            now - timedelta(days=1),
            now - timedelta(days=12),
            now - timedelta(days=400),
        ],
    }
    return TemplateResponse(request, "patterns.html", context)
