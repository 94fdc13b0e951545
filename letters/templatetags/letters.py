"""What pages of other apps show of letters; the rule is asked here."""

from typing import Any

from django import template

from letters.models import Letter

register = template.Library()


@register.inclusion_tag("letters/_teaser.html", takes_context=True)
def letter_teaser(context: dict[str, Any], slug: str = "") -> dict[str, Any]:
    """One letter in short: the one named, else the one that is open, else the one that came to something last."""
    letters = Letter.objects.visible_to(context["request"].user).with_initiator()
    letter = letters.filter(slug=slug).first() if slug else letters.worth_showing().first()
    return {"letter": letter}
