"""Forms of names, profiles, invitations and circles. They check words; what may be done is for actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Audience
from accounts.models import Circle, User
from accounts.models.preferences import MailDetail
from accounts.models.user import Role
from experts.actions.names import free_name
from experts.languages import LANGUAGES
from experts.models import Name, Organisation, Profile, Topic
from experts.models.profile import AUDIENCES, Availability
from experts.portraits import clean_portrait
from experts.spelling import normal_line, normal_text
from experts.topics import MOST, normal_topic, split_topics

NAME_AUDIENCES = [(Audience.MEMBERS.value, _("Members")), (Audience.PUBLIC.value, _("Everyone"))]
MOST_LINKS = 10


class NameForm(forms.Form):
    display_name = forms.CharField(
        label=_("Name"), max_length=300, help_text=_("What others see. It needn't be the name in your passport.")
    )
    audience = forms.ChoiceField(
        label=_("Who sees this name?"),
        choices=NAME_AUDIENCES,
        initial=Audience.MEMBERS,
        help_text=_("Visitors find you only when you choose “Everyone”."),
    )
    mail_detail = forms.ChoiceField(
        label=_("What may stand in others' mail about what you write under it?"),
        choices=[
            (MailDetail.FULL.value, _("Title and beginning, as far as they want")),
            (MailDetail.TITLES.value, _("The title only")),
            (MailDetail.DISCREET.value, _("Nothing: only that something is new")),
        ],
        initial=MailDetail.FULL.value,
        help_text=_("Mailboxes are read by others too. A looser choice counts for what you write from then on."),
    )

    def __init__(self, *args: Any, name: Name | None = None, **kwargs: Any) -> None:
        if name is not None:
            kwargs["initial"] = {
                "display_name": name.display_name,
                "audience": name.audience,
                "mail_detail": name.mail_detail,
            }
        super().__init__(*args, **kwargs)
        self.name = name

    def clean_display_name(self) -> str:
        return free_name(self.cleaned_data["display_name"], but=self.name)


class ProfileForm(forms.Form):
    """Each field has a neighbour `<field>_audience` that says who sees it (P5)."""

    headline = forms.CharField(
        label=_("In one line"),
        max_length=120,
        required=False,
        help_text=_("What people can come to you for, such as “criminal law, reporting to the police”."),
    )
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False)
    introduction = forms.CharField(
        label=_("Introduction"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    portrait = forms.FileField(
        label=_("Portrait"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, at most 5 MB. We keep the picture only: no place, date or camera."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    remove_portrait = forms.BooleanField(label=_("Remove my portrait"), required=False)
    knows = forms.CharField(
        label=_("What I know"),
        max_length=2000,
        required=False,
        help_text=_("Topics with commas between them. What you know, not what you are."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages I speak"),
        choices=list(LANGUAGES.items()),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Hold Ctrl (or Cmd) to choose more than one."),
    )
    availability = forms.MultipleChoiceField(
        label=_("You may ask me for"), choices=Availability, required=False, widget=forms.CheckboxSelectMultiple
    )
    publications = forms.CharField(
        label=_("Publications"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line; a DOI or an address may stand in it."),
    )
    links = forms.CharField(
        label=_("Links"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One address a line, beginning with https://"),
    )
    region = forms.CharField(
        label=_("Region"), max_length=60, required=False, help_text=_("A province or a country; not a town.")
    )
    organisations = forms.ModelMultipleChoiceField(
        label=_("Organisations I belong to"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Belonging to an organisation can tell something about you. Choose who sees it with care."),
    )
    GROUPS = [
        (_("Who you are here"), ["headline", "pronouns", "introduction", "portrait"]),
        (_("What you know"), ["knows", "languages", "availability", "publications", "links"]),
        (_("Where you belong"), ["region", "organisations"]),
    ]

    def __init__(self, data: Any = None, files: Any = None, *, profile: Profile, viewer: User) -> None:
        self.profile = profile
        super().__init__(data, files, initial=self._initial(profile))
        self.fields["organisations"].queryset = Organisation.objects.visible_to(viewer).order_by("name")  # type: ignore[attr-defined]  # the model choice field above
        for _title, fields in self.GROUPS:
            for field in fields:
                who = gettext("Who sees “%(field)s”?") % {"field": self.fields[field].label}
                self.fields[f"{field}_audience"] = forms.ChoiceField(label=who, choices=AUDIENCES)
                self.initial[f"{field}_audience"] = getattr(profile, f"{field}_audience")
        if not profile.portrait:
            del self.fields["remove_portrait"]

    @staticmethod
    def _initial(profile: Profile) -> dict[str, Any]:
        plain = ("headline", "pronouns", "introduction", "languages", "availability", "publications", "region")
        return {
            **{field: getattr(profile, field) for field in plain},
            "knows": ", ".join(topic.name for topic in profile.knows.order_by("name")),
            "links": "\n".join(profile.links),
            "organisations": [
                one.organisation.slug for one in profile.name.affiliations.select_related("organisation")
            ],
        }

    def groups(self) -> Iterator[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """Title, and pairs of a field with the question who sees it."""
        for title, fields in self.GROUPS:
            yield str(title), [(self[field], self[f"{field}_audience"]) for field in fields]

    def clean_headline(self) -> str:
        return normal_line(self.cleaned_data["headline"])

    def clean_pronouns(self) -> str:
        return normal_line(self.cleaned_data["pronouns"])

    def clean_region(self) -> str:
        return normal_line(self.cleaned_data["region"])

    def clean_introduction(self) -> str:
        return normal_text(self.cleaned_data["introduction"])

    def clean_publications(self) -> str:
        return "\n".join(filter(None, map(normal_line, self.cleaned_data["publications"].splitlines())))

    def clean_knows(self) -> list[str]:
        words = [normal_topic(word) for word in split_topics(self.cleaned_data["knows"])]
        if len(words) > MOST:
            raise ValidationError(gettext("Choose at most %(most)s topics.") % {"most": MOST})
        return words

    def clean_links(self) -> list[str]:
        links = [link.strip() for link in self.cleaned_data["links"].splitlines() if link.strip()]
        if len(links) > MOST_LINKS:
            raise ValidationError(gettext("Choose at most %(most)s links.") % {"most": MOST_LINKS})
        for link in links:
            try:
                URLValidator(schemes=["https", "http"])(link)
            except ValidationError:
                raise ValidationError(gettext("“%(link)s” isn't a web address.") % {"link": link[:80]}) from None
            if len(link) > 300:
                raise ValidationError(gettext("A link has at most 300 characters."))
        return links

    def clean_portrait(self) -> Any:
        sent = self.cleaned_data["portrait"]
        return clean_portrait(sent) if sent else None

    def changes(self) -> dict[str, Any]:
        """For `profiles.update`. No new portrait leaves the old one, unless it is to be removed."""
        changed = dict(self.cleaned_data)
        changed["organisations"] = list(changed["organisations"])
        if not changed.pop("remove_portrait", False) and changed["portrait"] is None:
            del changed["portrait"]
        return changed


class JoinForm(forms.Form):
    """What somebody who was invited chooses: a name and a password, nothing else."""

    called = forms.CharField(
        label=_("What shall we call you?"),
        max_length=300,
        help_text=_("Members see this name. It needn't be your own; you can change it later."),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=lazy(password_validators_help_text_html, str)(),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_called(self) -> str:
        return free_name(self.cleaned_data["called"])

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], User(email=self.email))
        return str(self.cleaned_data["password"])


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=[("nl", _("Dutch")), ("en", _("English"))]
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role)


class CircleForm(forms.Form):
    circle = forms.ModelChoiceField(label=_("Circle"), queryset=Circle.objects.none(), to_field_name="slug")

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["circle"].queryset = Circle.objects.visible_to(viewer).order_by("name")  # type: ignore[attr-defined]  # the model choice field above


class TopicRenameForm(forms.Form):
    name = forms.CharField(label=_("New name"), max_length=50)

    def __init__(self, *args: Any, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = topic.name


class TopicJoinForm(forms.Form):
    into = forms.CharField(
        label=_("Which topic stays"), max_length=100, help_text=_("Its name, as it stands in the list.")
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_into(self) -> Topic:
        found = (
            Topic.objects.visible_to(self.viewer)
            .carried_for(self.viewer)
            .meant_by([self.cleaned_data["into"].strip()])
            .first()
        )
        if found is None:
            raise ValidationError(gettext("No topic is called so."))
        return found
