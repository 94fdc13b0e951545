"""What people fill in. A form checks that something was filled in; whether it may be is the action's answer."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions.models import Space
from discussions.models.space import SpaceQuerySet
from discussions.models.thread import Kind
from experts.models import Name


class SpeakForm(forms.Form):
    """Under which of my names. With one name there is nothing to choose, and the form only says it."""

    name = forms.ChoiceField(label=_("You write as"), required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, names: Sequence[Name], proposed: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        first = next((name for name in names if name.pk == proposed), names[0] if names else None)
        cast(forms.ChoiceField, self.fields["name"]).choices = [(name.key, name.display_name) for name in names]
        self.fields["name"].initial = first.key if first else None
        self.fields["form_key"].initial = uuid.uuid4
        self.fields["name"].required = len(names) > 1
        if len(names) < 2:
            self.fields["name"].widget = forms.HiddenInput()

    @property
    def only_name(self) -> str:
        return self.names[0].display_name if len(self.names) == 1 else ""

    def clean_name(self) -> Name:
        chosen = [name for name in self.names if name.key == self.cleaned_data["name"]]
        if chosen:
            return chosen[0]
        if len(self.names) == 1:
            return self.names[0]
        raise forms.ValidationError(_("Choose the name you write as."))


class Text(forms.CharField):
    """Markdown. Its length is judged by the action, in words, with the text kept in the form."""

    def __init__(self, *, rows: int = 8, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), strip=False, **kwargs)


class ReplyForm(SpeakForm):
    text = Text(label=_("Your reply"), error_messages={"required": _("Write something first.")})
    field_order = ["text", "name", "form_key"]


class ThreadForm(SpeakForm):
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("What is it about, in one line?"))
    text = Text(
        label=_("Text"),
        rows=12,
        help_text=_("You can use Markdown: **bold**, lists with -, quotes with >."),
        error_messages={"required": _("Write something first.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(Kind.DISCUSSION.value, _("Discussion")), (Kind.QUESTION.value, _("Question"))],
        widget=forms.RadioSelect,
        initial=Kind.DISCUSSION.value,
    )
    topics = forms.CharField(
        label=_("Topics"), required=False, max_length=400, help_text=_("One or a few words each, with commas between.")
    )
    field_order = ["title", "text", "kind", "topics", "name", "form_key"]

    def clean_topics(self) -> list[str]:
        return self.cleaned_data["topics"].split(",")


class EditForm(forms.Form):
    text = Text(label=_("Text"), rows=12, error_messages={"required": _("Write something first.")})
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def look_again(self, seen: str) -> None:
        """From now on `seen` is the text the writer knows: it stands beside theirs, and saving replaces it."""
        self.data = dict(self.data.items()) | {"seen": seen}


class StandForm(SpeakForm):
    text = Text(
        label=_("Where we stand"),
        required=False,
        help_text=_("What do we agree on, what is still open? Leave it empty to take the summary away."),
    )
    field_order = ["text", "name", "form_key"]


class TopicsForm(forms.Form):
    topics = forms.CharField(
        label=_("Topics"), required=False, max_length=400, help_text=_("One or a few words each, with commas between.")
    )

    def clean_topics(self) -> list[str]:
        return self.cleaned_data["topics"].split(",")


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), required=False, max_length=400, help_text=_("Why you keep it. Nobody else sees it.")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=400, help_text=_("Whoever reads the discussion can read it.")
    )


class RenameForm(ReasonForm):
    title = forms.CharField(label=_("New title"), max_length=200)
    field_order = ["title", "reason"]


class MoveForm(ReasonForm):
    space = forms.ModelChoiceField(label=_("To which space"), queryset=Space.objects.none())
    field_order = ["space", "reason"]

    def __init__(self, *args: Any, spaces: SpaceQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["space"]).queryset = spaces


def refused(form: forms.Form, error: Exception) -> None:
    """Puts a refusal of an action on the form, in its words, so that the text stays and the reason is read."""
    if isinstance(error, forms.ValidationError):
        known = not hasattr(error, "error_dict") or set(error.error_dict) <= {*form.fields, "__all__"}
        form.add_error(None, error if known else error.messages)
    else:
        form.add_error(None, str(error))
