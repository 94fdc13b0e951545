"""What is filled in to report, decide, appeal and settle. What may be done is the action's answer (D13)."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from discussions.forms import SureForm
from discussions.models import Space, appeal, report
from discussions.models.appeal import Outcome
from discussions.models.decision import OF_WORDS, Act, Grounds
from discussions.models.space import SpaceQuerySet
from swexpertise.numbers import grouped_lazy

ACTS = {
    Act.DISMISS: _("Leave it as it is"),
    Act.ASK: _("Ask the author to change it"),
    Act.REMOVE_POST: _("Hide the post"),
    Act.LOCK: _("Close the discussion"),
}
OUTCOMES = {
    Outcome.UPHELD: _("The decision stands"),
    Outcome.REVERSED: _("The decision is taken back: all is as it was before"),
}
SAY_WHICH = {"required": _("Choose one of these.")}


def _grounds(kinds: Iterable[Grounds] = OF_WORDS, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("What is the matter?"),
        choices=[(grounds.value, grounds.label) for grounds in kinds],
        widget=forms.RadioSelect,
        error_messages=SAY_WHICH,
        **more,
    )


def _reason(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why: the author reads it.")},
    )


class DecideForm(forms.Form):
    """About a discussion as a whole. `is_own`: whoever opened it renames it, so nobody has to be told why."""

    grounds = _grounds(
        (Grounds.TIDY, *OF_WORDS), help_text=_("This, and what was done, stands in the log that members can read.")
    )
    reason = _reason(_("Who opened the discussion reads this, without your name. Don't name who complained."))

    def __init__(self, *args: Any, act: Act, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if act != Act.REMOVE:
            self.fields["grounds"].initial = Grounds.TIDY.value
        reason = self.fields["reason"]
        if act == Act.LOCK:
            reason.help_text = _("Everybody who reads the discussion reads this, without your name.")
        if act in (Act.UNLOCK, Act.RESTORE) or (is_own and act == Act.RENAME):
            del self.fields["grounds"]
        if is_own and act == Act.RENAME:
            del self.fields["reason"]


class RenameForm(DecideForm):
    title = forms.CharField(label=_("New title"), max_length=200)
    field_order = ["title", "grounds", "reason"]


class MoveForm(SureForm, DecideForm):
    space = forms.ModelChoiceField(
        label=_("To which space"),
        empty_label=_("Choose a space"),
        queryset=Space.objects.none(),
        error_messages={
            "invalid_choice": _("There people would read it for whom it wasn't written. Choose another space.")
        },
    )
    field_order = ["space", "grounds", "reason"]

    def __init__(self, *args: Any, spaces: SpaceQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["space"]).queryset = spaces


class ReportForm(forms.Form):
    grounds = _grounds()
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        help_text=format_lazy(
            _("What should a coordinator know? At most {most} characters."), most=grouped_lazy(report.LONGEST)
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class HideForm(forms.Form):
    """A coordinator hides what somebody else wrote, without a report."""

    grounds = _grounds()
    reason = _reason(_("The author reads this, without your name. Don't name who complained."))


class VerdictForm(forms.Form):
    act = forms.ChoiceField(label=_("What is to be done?"), widget=forms.RadioSelect, error_messages=SAY_WHICH)
    grounds = _grounds(help_text=_("This, and what was done, stands in the log that members can read."))
    reason = _reason(
        _(
            "The author reads this, without your name; when a post stays, who reported it does. When you close the "
            "discussion, everybody in it. Don't name who complained."
        )
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, is_gone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = {act: words for act, words in ACTS.items() if not (is_gone and act == Act.ASK)}
        cast(forms.ChoiceField, self.fields["act"]).choices = [(act.value, words) for act, words in left.items()]


class AppealForm(forms.Form):
    words = forms.CharField(
        label=_("Why should this be decided otherwise?"),
        help_text=format_lazy(
            _("A coordinator who had no part in it reads this. At most {most} characters."),
            most=grouped_lazy(appeal.LONGEST),
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Say in your own words why this should be decided otherwise.")},
    )


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What is to be done?"),
        choices=[(outcome.value, words) for outcome, words in OUTCOMES.items()],
        widget=forms.RadioSelect,
        error_messages=SAY_WHICH,
    )
    reason = _reason(_("The author reads this, without your name."))
