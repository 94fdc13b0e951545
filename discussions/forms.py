"""What people fill in. A form checks that something was filled in; whether it may be is the action's answer."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.preferences import MailDetail
from discussions.actions.posts import LONGEST
from discussions.actions.threads import LONGEST_STAND
from discussions.models import Space
from discussions.models.post import LONGEST_NOTE
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
        self.veiled = names[0] if names and names[0].is_anonymous else None
        if self.veiled or self.initial.get("name") not in {name.key for name in names}:
            self.initial.pop("name", None)  # of a draft: nobody speaks under another name by mistake
        first = self.veiled or next((name for name in names if name.pk == proposed), names[0] if names else None)
        cast(forms.ChoiceField, self.fields["name"]).choices = [(name.key, _called(name)) for name in names]
        self.fields["name"].initial = first.key if first else None
        self.fields["form_key"].initial = uuid.uuid4
        self.fields["name"].required = len(names) > 1
        if len(names) < 2:
            self.fields["name"].widget = forms.HiddenInput()
        if self.veiled:
            self.fields["openly"] = forms.BooleanField(
                label=_("Yes, show that name"),
                required=False,
                help_text=_("You asked this as a member. Tick this only to write under a name of yours."),
            )

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

    def clean(self) -> dict[str, Any]:
        """Whoever asked as “a member” doesn't show their name here by mistake (D12)."""
        given = super().clean() or self.cleaned_data
        is_meant = given.pop("openly", False)
        if self.veiled and not is_meant and given.get("name", self.veiled) != self.veiled:
            self.add_error(
                "openly",
                _("Here you are “a member”. To write as %(name)s, tick that the name may be seen.")
                % {"name": given["name"]},
            )
        return given


def _called(name: Name) -> str:
    return gettext("A member (your name isn't shown)") if name.is_anonymous else name.display_name


class Text(forms.CharField):
    """Markdown. Its length is judged by the action, in words, with the text kept in the form; a script counts too."""

    def __init__(self, *, rows: int = 8, most: int = LONGEST, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "data-most": most}), strip=False, **kwargs)

    def to_python(self, value: object) -> str:
        """A line ends in one character, as it is stored and as its writer counts it; browsers send two."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


def _note() -> forms.CharField:
    return forms.CharField(
        label=_("Content note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("For instance: violence. Your text is folded under it then, and left out of mail."),
    )


class ReplyForm(SpeakForm):
    text = Text(label=_("Your reply"), error_messages={"required": _("Write something first.")})
    content_note = _note()
    field_order = ["text", "content_note", "name", "form_key"]


class ThreadForm(SpeakForm):
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("What is it about, in one line?"))
    text = Text(
        label=_("Text"),
        rows=12,
        help_text=_("You can use Markdown: **bold**, lists with -, quotes with >."),
        error_messages={"required": _("Write something first.")},
    )
    content_note = _note()
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(Kind.DISCUSSION.value, _("Discussion")), (Kind.QUESTION.value, _("Question"))],
        widget=forms.RadioSelect,
        initial=Kind.DISCUSSION.value,
    )
    topics = forms.CharField(
        label=_("Topics"), required=False, max_length=400, help_text=_("One or a few words each, with commas between.")
    )
    anonymously = forms.BooleanField(label=_("Ask as “a member”"), required=False)
    field_order = ["title", "text", "content_note", "kind", "topics", "anonymously", "name", "form_key"]

    def __init__(self, *args: Any, may_hide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_hide:
            self.fields["anonymously"].help_text = _(
                "Your name isn't shown, to coordinators neither, whatever name is chosen below. What you answer in "
                "this discussion later also comes from “a member”. Somebody may still know you by your way of "
                "writing, a place, a date: leave out what points at you."
            )
        else:
            del self.fields["anonymously"]

    @property
    def only_name(self) -> str:
        is_hidden = "anonymously" in self.fields and self["anonymously"].value()
        return gettext("A member (your name isn't shown)") if is_hidden else super().only_name

    def clean(self) -> dict[str, Any]:
        """Ticked before it was switched off there: never under a name instead, without being asked."""
        if "anonymously" not in self.fields and self.data.get("anonymously"):
            self.add_error(None, _("In this space questions are asked under a name."))
        return super().clean()

    def clean_topics(self) -> list[str]:
        return self.cleaned_data["topics"].split(",")


class EditForm(forms.Form):
    text = Text(label=_("Text"), rows=12, error_messages={"required": _("Write something first.")})
    content_note = _note()
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def look_again(self, seen: str) -> None:
        """From now on `seen` is the text the writer knows: it stands beside theirs, and saving replaces it."""
        self.data = dict(self.data.items()) | {"seen": seen}


class StandForm(SpeakForm):
    text = Text(
        label=_("Where we stand"),
        most=LONGEST_STAND,
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


class WhyForm(forms.Form):
    """What is done to what others wrote is done with a reason (D13)."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        help_text=_("Whoever wrote what goes or opened the discussion reads this, without your name."),
        error_messages={"required": _("Say why: the author reads it.")},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=400, help_text=_("Whoever reads the discussion can read it.")
    )


class UrgentForm(forms.Form):
    reason = forms.CharField(
        label=_("Why can't this wait?"), max_length=400, help_text=_("Whoever reads the discussion can read it.")
    )


class MailDetailForm(forms.Form):
    mail_detail = forms.ChoiceField(
        label=_("What may stand in mail about it?"),
        choices=[
            (MailDetail.FULL.value, _("Titles and the beginning of each post")),
            (MailDetail.TITLES.value, _("Titles only")),
            (MailDetail.DISCREET.value, _("Nothing: only that something is new")),
        ],
        widget=forms.RadioSelect,
    )


class SureForm(forms.Form):
    """Says what would be lost before it is: sent once it asks again, and only the same choice sent again goes on."""

    space: forms.ModelChoiceField

    def ask_again(self, loss: str) -> str:
        """`loss` as long as it wasn't shown for the space that is chosen now; then nothing."""
        choice = str(self.cleaned_data["space"].pk)
        if not loss or self.data.get("sure") == choice:
            return ""
        self.sure = choice
        return loss

    sure = ""


class SplitForm(SureForm, WhyForm):
    title = forms.CharField(
        label=_("Title of the new discussion"), max_length=200, help_text=_("What is it about, in one line?")
    )
    space = forms.ModelChoiceField(label=_("In which space"), queryset=Space.objects.none(), empty_label=None)
    field_order = ["title", "space", "reason"]

    def __init__(self, *args: Any, spaces: SpaceQuerySet, here: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["space"])
        field.queryset, field.initial = spaces, here


def refused(form: forms.Form, error: Exception) -> None:
    """Puts a refusal of an action on the form, in its words, so that the text stays and the reason is read."""
    if isinstance(error, forms.ValidationError):
        known = not hasattr(error, "error_dict") or set(error.error_dict) <= {*form.fields, "__all__"}
        form.add_error(None, error if known else error.messages)
    else:
        form.add_error(None, str(error))
