"""The forms of this storey: what may come by mail and when; how closely something is followed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.preferences import MailDetail, Rhythm
from discussions.models import Space, Thread
from experts.models import Topic
from letters.models import Letter
from notifications.levels import AS_SPACE, Level

RHYTHMS = [
    (Rhythm.AT_ONCE, _("At once: within ten minutes, several together in one mail")),
    (Rhythm.DAILY, _("Every day")),
    (Rhythm.WEEKLY, _("Every week")),
    (Rhythm.NEVER, _("Never: I read on the site")),
]
DETAILS = [
    (MailDetail.FULL, _("Titles and the beginning of each post")),
    (MailDetail.TITLES, _("Titles only")),
    (MailDetail.DISCREET, _("Discreet: only that something is new")),
]
WEEKDAYS = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")),
    (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip


HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
NO_QUIET = ("", _("no quiet hours"))


def _hour_or_none(value: str) -> int | None:
    return int(value) if value else None


class MailForm(forms.Form):
    """In three parts: how often, how much, when not. What doesn't go together is said beside the field it is about."""

    rhythm = forms.ChoiceField(
        label=_("How often do you want an overview by mail?"), choices=RHYTHMS, widget=forms.RadioSelect
    )
    weekday = forms.TypedChoiceField(
        label=_("On which day?"), choices=WEEKDAYS, coerce=int, help_text=_("Counts for every week.")
    )
    hour = forms.TypedChoiceField(
        label=_("At what time?"), choices=HOURS, coerce=int, help_text=_("Counts for every day and every week.")
    )
    mail_detail = forms.ChoiceField(
        label=_("What may stand in your mail?"),
        choices=DETAILS,
        widget=forms.RadioSelect,
        help_text=_("Does somebody else look into your mailbox? Then choose discreet."),
    )
    is_steady = forms.BooleanField(
        label=_("Steady: one mail each time, also when nothing happened"),
        required=False,
        help_text=_(
            "For whoever shares a mailbox or a phone. A mail that always comes tells nobody whether "
            "something happened. It goes with discreet, every day or every week; what you watch waits for it as well."
        ),
    )
    quiet_from = forms.TypedChoiceField(
        label=_("No mail from"), choices=[NO_QUIET, *HOURS], coerce=_hour_or_none, empty_value=None, required=False
    )
    quiet_to = forms.TypedChoiceField(
        label=_("Mail again from"),
        choices=[NO_QUIET, *HOURS],
        coerce=_hour_or_none,
        empty_value=None,
        required=False,
        help_text=_("What comes in these hours waits, and comes in one mail after them."),
    )

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        begin, end = chosen.get("quiet_from"), chosen.get("quiet_to")
        if (begin is None) != (end is None):
            missing = "quiet_to" if end is None else "quiet_from"
            self.add_error(missing, _("Choose both hours, or neither."))
        elif begin is not None and begin == end:
            self.add_error("quiet_to", _("That would be the whole day. Choose another hour, or no mail at all."))
        if chosen.get("is_steady"):
            if chosen.get("mail_detail") != MailDetail.DISCREET:
                self.add_error("is_steady", _("Steady goes with discreet only: choose that above, or untick this."))
            elif chosen.get("rhythm") not in (Rhythm.DAILY, Rhythm.WEEKLY):
                self.add_error(
                    "is_steady", _("Steady goes with every day or every week: choose that, or untick this.")
                )
        return chosen


class LevelForm(forms.Form):
    """How closely `thing` is followed. A thread can be put back to be as its space; a topic or letter is followed
    or not."""

    level = forms.TypedChoiceField(choices=[], coerce=lambda value: AS_SPACE if value == "as_space" else value)

    def __init__(self, *args: Any, thing: Thread | Space | Topic | Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_space = [("as_space", _("as its space"))] if isinstance(thing, Thread) else []
        self.fields["level"].choices = [*as_space, *Level.choices]  # type: ignore[attr-defined]  # it is the field above
