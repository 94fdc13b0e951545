"""In words: whose eyes a text comes before, and whose it leaves, when it goes from one space to another (D1, D8)."""

from django.utils.translation import gettext as _

from accounts.audiences import Audience
from discussions.models import Space


def reads_it(space: Space) -> str:
    if space.audience == Audience.PUBLIC:
        return _("Everybody can read it there, with and without an account.")
    if space.audience == Audience.CIRCLE and space.circle is not None:
        return _("There it is read by the members of the circle “%(circle)s”.") % {"circle": space.circle.name}
    return _("All members can read it there.")


def who_loses_it(source: Space, target: Space) -> str:
    """Empty when nobody does."""
    if is_for_the_same(source, target) or target.audience == Audience.PUBLIC:
        return ""
    if target.audience == Audience.CIRCLE:
        return _(
            "Whoever isn't in that circle can't find it any more, not even those who wrote in it. It can't go back: "
            "what is of a circle stays there."
        )
    return _("Visitors without an account can't find it any more.") if source.audience == Audience.PUBLIC else ""


def is_for_the_same(source: Space, target: Space) -> bool:
    return (source.audience, source.circle_id) == (target.audience, target.circle_id)
