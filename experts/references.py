"""Links to experts, named for whoever may see the name (D3)."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from accounts.audiences import Viewer
from experts.models import Name
from experts.models.name import NameQuerySet
from swexpertise.writing.references import Kind, Rows, register, row

KEY = "[a-hjkmnp-z2-9]{12}"


def _names(viewer: Viewer, keys: Collection[str]) -> Rows:
    return _rows(Name.objects.visible_to(viewer).filter(key__in=keys))


def _names_spelled(viewer: Viewer, words: str) -> Rows:
    return _rows(Name.objects.visible_to(viewer).spelled(words).order_by("display_name", "pk"))


def _rows(names: NameQuerySet) -> Rows:
    """A name without a holder is a former member, whose face says no name either."""
    return row(names.filter(holder__isnull=False), "expert", key="key", title="display_name")


register(
    Kind(
        name="expert",
        address="/experts/{}/",
        key=KEY,
        path=rf"/experts/(?P<key>{KEY})/?",
        rows=_names,
        found=_names_spelled,
        noun=_("expert"),
        unseen=_("somebody you can't see"),
    )
)
