"""Passing a public page on to one's own Mastodon server. Nothing is asked of it until the reader clicks (K14)."""

import re
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from cms.models import KnowledgePage

HOST = re.compile(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", re.IGNORECASE)


class ServerForm(forms.Form):
    server = forms.CharField(
        label=_("Your Mastodon server"),
        help_text=_("For example mastodon.nl. We don't keep it."),
        max_length=253,
        validators=[RegexValidator(HOST, _("Write only the name of the server, like mastodon.nl."))],
    )

    def clean_server(self) -> str:
        return str(self.cleaned_data["server"]).strip().lower()


def mastodon(request: HttpRequest, pk: int) -> TemplateResponse:
    """Public pages only, whoever asks."""
    page = get_object_or_404(KnowledgePage.objects.visible_to(AnonymousUser()), pk=pk)
    form = ServerForm(request.GET or None)
    link = ""
    if form.is_valid():
        address = settings.SITE_URL.rstrip("/") + page.get_url(request)
        link = f"https://{form.cleaned_data['server']}/share?{urlencode({'text': f'{page.title} {address}'})}"
    return TemplateResponse(request, "cms/share_mastodon.html", {"page": page, "form": form, "link": link})
