"""Countries that programmes run in, by ISO 3166-1 code, named in the reader's language."""

from django.utils.translation import gettext_lazy as _

COUNTRIES = [
    ("AO", _("Angola")),
    ("BE", _("Belgium")),
    ("BO", _("Bolivia")),
    ("BR", _("Brazil")),
    ("BW", _("Botswana")),
    ("DE", _("Germany")),
    ("EG", _("Egypt")),
    ("ET", _("Ethiopia")),
    ("GE", _("Georgia")),
    ("ID", _("Indonesia")),
    ("KE", _("Kenya")),
    ("KG", _("Kyrgyzstan")),
    ("MK", _("North Macedonia")),
    ("MM", _("Myanmar")),
    ("MZ", _("Mozambique")),
    ("NI", _("Nicaragua")),
    ("NL", _("Netherlands")),
    ("NP", _("Nepal")),
    ("PE", _("Peru")),
    ("SZ", _("Eswatini")),
    ("TJ", _("Tajikistan")),
    ("UA", _("Ukraine")),
    ("UG", _("Uganda")),
    ("VN", _("Vietnam")),
    ("ZA", _("South Africa")),
    ("ZM", _("Zambia")),
    ("ZW", _("Zimbabwe")),
]


def name_of_country(code: str) -> str:
    """The code itself for a country that isn't listed yet."""
    return str(dict(COUNTRIES).get(code, code))
