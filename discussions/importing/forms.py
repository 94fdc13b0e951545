"""What a coordinator fills in to bring the archive of a mailing list along."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from discussions.importing import packing
from discussions.models import Space
from discussions.models.space import SpaceQuerySet
from experts.models import Name


class HandInForm(forms.Form):
    space = forms.ModelChoiceField(
        label=_("To which space"),
        empty_label=_("Choose a space"),
        queryset=Space.objects.none(),
        help_text=_("Whoever sees this space sees the old messages. Choose one that is no wider than the list was."),
    )
    file = forms.FileField(
        label=_("Archive"),
        help_text=_(
            "A file in mbox form, as Mailman, Google Takeout and Thunderbird give it. Packed (.gz, .zip) is fine."
        ),
    )
    is_told = forms.BooleanField(
        label=_("The people on this list know that their messages come here."),
        error_messages={"required": _("Tell the people on the list first; they may not want it.")},
    )

    def __init__(self, *args: Any, spaces: SpaceQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["space"]).queryset = spaces

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > settings.IMPORT_MOST_BYTES:
            most = filesizeformat(settings.IMPORT_MOST_BYTES)
            raise forms.ValidationError(
                _("This file is larger than %(most)s. Divide it, or ask your administrator."), params={"most": most}
            )
        if not packing.holds_mail(str(file.name), cast(BinaryIO, file)):
            raise forms.ValidationError(
                _("This is no archive in mbox form. Is it packed otherwise? Unpack it, and choose the file inside.")
            )
        return file


class AuthorsForm(forms.Form):
    """A field per address, for the handle of the member it belongs to. Empty: an imported participant."""

    def __init__(
        self, *args: Any, authors: Sequence[Mapping[str, Any]], names: Mapping[str, Name], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        self.addresses = {f"who-{number}": author["address"] for number, author in enumerate(authors)}
        for number, author in enumerate(authors):
            self.fields[f"who-{number}"] = forms.CharField(
                label=author["address"],
                help_text=ngettext("%d message", "%d messages", author["messages"]) % author["messages"],
                required=False,
                max_length=41,
                initial=author["handle"],
                widget=forms.TextInput(attrs={"list": "names", "autocomplete": "off", "spellcheck": "false"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field in self.addresses:
            handle = str(cleaned.get(field, "")).strip().removeprefix("@").lower()
            if handle and handle not in self.names:
                self.add_error(field, _("Nobody has this handle. Choose one from the list, or leave it empty."))
            cleaned[field] = handle
        return cleaned

    @property
    def handles(self) -> dict[str, str]:
        """Of each address of this form the handle, or nothing."""
        return {address: self.cleaned_data[field] for field, address in self.addresses.items()}
