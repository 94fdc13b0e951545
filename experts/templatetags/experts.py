"""What pages of other apps may show of people and organisations. Each tag applies the rule by itself."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.template.context import Context

from accounts.audiences import Viewer
from experts.faces import Face, face_of
from experts.models import FactKind, Name, Organisation, ProfileFact, Topic

register = template.Library()


def _viewer(context: Context) -> Viewer:
    request = context.get("request")
    return getattr(request, "user", None) or AnonymousUser()


@register.inclusion_tag("experts/_byline.html")
def byline(face: Face, plain: bool = False) -> dict[str, Any]:
    """Who speaks: a face, a link, a headline."""
    return {"face": face, "plain": plain}


@register.inclusion_tag("experts/_organisations_strip.html", takes_context=True)
def organisations_strip(context: Context) -> dict[str, Any]:
    """Every organisation as a run of names. One query."""
    return {"organisations": Organisation.objects.visible_to(_viewer(context)).order_by("name")}


@register.inclusion_tag("experts/_experts_about.html", takes_context=True)
def experts_about(context: Context, topic: Topic | str, most: int = 6) -> dict[str, Any]:
    """Who says, to this viewer, to know of the topic (a Topic or its slug). Two queries."""
    viewer, slug = _viewer(context), topic if isinstance(topic, str) else topic.slug
    knowing = ProfileFact.objects.visible_to(viewer).among(FactKind.KNOWS, slug)
    names = Name.objects.visible_to(viewer).filter(pk__in=knowing.values("profile"))
    faces = [face_of(name, viewer) for name in names.with_faces().order_by("display_name")[: most + 1]]
    return {"faces": faces[:most], "has_more": len(faces) > most, "slug": slug}
