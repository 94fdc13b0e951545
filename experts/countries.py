"""Countries of organisations, by ISO 3166-1 code, named in the reader's language."""

from django.utils.translation import gettext_lazy as _

COUNTRIES = {"NL": _("Netherlands"), "GB": _("United Kingdom"), "BE": _("Belgium"), "DE": _("Germany")}


def country_name(code: str) -> str:
    """The code itself for a country that isn't listed yet; empty for none."""
    return str(COUNTRIES.get(code, code))
