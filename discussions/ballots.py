"""Forms of polls: asking, voting openly, voting in secret, writing what came of it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions.forms import SpeakForm, Text
from discussions.models import Poll
from discussions.models.poll import Kind

OPEN, SECRET = "open", "secret"


class PollForm(SpeakForm):
    question = forms.CharField(label=_("What do you ask?"), max_length=300)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (Kind.POLL.value, _("Poll: choose from the options below")),
            (Kind.CONSENT.value, _("Consent round: consent, with reservations, abstain, or block with a reason")),
        ],
        widget=forms.RadioSelect,
        initial=Kind.POLL.value,
    )
    options = Text(label=_("Options"), rows=5, required=False, help_text=_("Each on a line; not for consent."))
    most_choices = forms.IntegerField(
        label=_("How many may one choose?"), min_value=1, max_value=20, initial=1, required=False
    )
    ballot = forms.ChoiceField(
        label=_("Ballot"),
        choices=[
            (OPEN, _("Open: everybody sees who chose what; a choice can be changed until it closes")),
            (SECRET, _("Secret: nobody can find out who chose what; result after closing, from five votes")),
        ],
        widget=forms.RadioSelect,
        initial=OPEN,
        help_text=_("A consent round is always open."),
    )
    closes_on = forms.DateField(
        label=_("Closes at the end of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=lambda: timezone.localdate() + timedelta(days=7),
    )
    field_order = ["question", "kind", "options", "most_choices", "ballot", "closes_on", "name", "form_key"]

    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        end = datetime.combine(given["closes_on"], time(23, 59))
        return {
            "name": given["name"],
            "question": given["question"],
            "kind": given["kind"],
            "options": given["options"].splitlines(),
            "is_secret": given["ballot"] == SECRET,
            "most_choices": given["most_choices"] or 1,
            "closes_at": timezone.make_aware(end),
        }


class ChoicesForm(forms.Form):
    """What one chooses: one, or several when the poll says so."""

    choices = forms.MultipleChoiceField(
        label=_("Your choice"), error_messages={"required": _("Choose something first.")}
    )

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.MultipleChoiceField, self.fields["choices"])
        choices = [(str(place), label) for place, label in enumerate(poll.labels())]
        if poll.most_choices > 1:
            field.widget = forms.CheckboxSelectMultiple()
            field.help_text = _("Choose at most %(most)d.") % {"most": poll.most_choices}
        else:
            self.fields["choices"] = forms.ChoiceField(
                label=field.label, widget=forms.RadioSelect, error_messages={"required": _("Choose something first.")}
            )
        cast(forms.ChoiceField, self.fields["choices"]).choices = choices

    def clean_choices(self) -> list[int]:
        given: str | Sequence[str] = self.cleaned_data["choices"]
        return [int(place) for place in ([given] if isinstance(given, str) else given)]


class SecretForm(ChoicesForm):
    pass


class VoteForm(ChoicesForm, SpeakForm):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever reads the discussion can read it."),
    )
    field_order = ["choices", "reason", "name", "form_key"]

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, poll=poll, **kwargs)
        if poll.kind == Kind.CONSENT:
            self.fields["reason"].help_text = _("Needed when you block. Everybody here can read it.")


class OutcomeForm(SpeakForm):
    text = Text(
        label=_("What came of it"),
        rows=5,
        help_text=_("What was decided, and what happens next?"),
        error_messages={"required": _("Write something first.")},
    )
    field_order = ["text", "name", "form_key"]
