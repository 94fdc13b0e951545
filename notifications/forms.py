"""The forms of this storey: what may come by mail and when; how closely something is followed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.preferences import MailDetail, Rhythm
from notifications.levels import Level

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


class MailForm(forms.Form):
    rhythm = forms.ChoiceField(label=_("How often do you want an overview by mail?"), choices=RHYTHMS)
    weekday = forms.TypedChoiceField(
        label=_("On which day?"), choices=WEEKDAYS, coerce=int, help_text=_("Counts for every week.")
    )
    hour = forms.TypedChoiceField(
        label=_("At what time?"), choices=[(hour, f"{hour:02}:00") for hour in range(24)], coerce=int
    )
    mail_detail = forms.ChoiceField(
        label=_("What may stand in your mail?"),
        choices=DETAILS,
        help_text=_("Does somebody else look into your mailbox? Then choose discreet."),
    )


class LevelForm(forms.Form):
    level = forms.ChoiceField(choices=Level)
