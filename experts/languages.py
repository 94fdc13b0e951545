"""The languages one can say to speak: ISO 639 code and name. Codes are stored; names follow the reader's language."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

LANGUAGES = {
    "nl": _("Dutch"),
    "en": _("English"),
    "de": _("German"),
    "fr": _("French"),
    "es": _("Spanish"),
    "pt": _("Portuguese"),
    "it": _("Italian"),
    "da": _("Danish"),
    "sv": _("Swedish"),
    "no": _("Norwegian"),
    "el": _("Greek"),
    "pl": _("Polish"),
    "ro": _("Romanian"),
    "bg": _("Bulgarian"),
    "hu": _("Hungarian"),
    "cs": _("Czech"),
    "sk": _("Slovak"),
    "uk": _("Ukrainian"),
    "ru": _("Russian"),
    "tr": _("Turkish"),
    "ar": _("Arabic"),
    "fa": _("Persian"),
    "zh": _("Chinese"),
    "th": _("Thai"),
    "vi": _("Vietnamese"),
    "id": _("Indonesian"),
    "tl": _("Tagalog"),
    "am": _("Amharic"),
    "ti": _("Tigrinya"),
    "so": _("Somali"),
    "pap": _("Papiamento"),
    "srn": _("Sranan Tongo"),
    "fy": _("Frisian"),
    "dse": _("Dutch Sign Language"),
}


def language_name(code: str) -> str:
    return str(LANGUAGES.get(code, code))


def names_in_all(code: str) -> str:
    """The names of a language in every language of the site, so that both “Pools” and “Polish” find it."""
    words = []
    for site_language in ("nl", "en"):
        with translation.override(site_language):
            words.append(language_name(code))
    return " ".join(words)
