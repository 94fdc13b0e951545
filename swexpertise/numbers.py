"""Numbers in sentences, as the reader's language writes them: 100.000 in Dutch, 100,000 in English."""

from django.utils.formats import number_format
from django.utils.functional import lazy


def grouped(number: int) -> str:
    return number_format(number, force_grouping=True)


# For what is put together when a module is loaded, before there is a reader.
grouped_lazy = lazy(grouped, str)
