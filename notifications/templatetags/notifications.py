"""What other pages show of this storey: how closely the member follows a thread or space, with a way to change it."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language

from discussions.models import Space, Thread
from experts.faces import Face
from experts.models import Name, Topic
from letters.models import Letter
from notifications.actions.watches import levels_in
from notifications.levels import Level
from notifications.models import Watch

register = template.Library()


@register.filter
def in_mail(moment: datetime) -> str:
    """ "21 nov, 14:05", in the language and zone of the reader; made once for all who share both."""
    return _in_mail(moment, get_language() or "nl", timezone.get_current_timezone_name())


@register.filter
def unbroken(words: str) -> str:
    """Without a place where a line could break."""
    return words.replace(" ", "\xa0")


@lru_cache(maxsize=4096)
def _in_mail(moment: datetime, language: str, zone: str) -> str:
    return formats.date_format(timezone.localtime(moment), "j b, H:i" if language == "nl" else "j M, H:i")


@register.inclusion_tag("notifications/_watch_control.html", takes_context=True)
def watch_control(context: RequestContext, thing: Thread | Space | Topic | Letter) -> dict[str, Any]:
    """A small form with the levels, of a thread with what it is without a choice of one's own; nothing for a visitor.
    One query."""
    request = context["request"]
    if not request.user.is_authenticated:
        return {}
    levels: list[tuple[str, Any]] = list(Level.choices)
    level: str
    without, has_topics = None, False
    if isinstance(thing, Topic | Letter):
        mine = Watch.objects.visible_to(request.user)
        kind = "topic" if isinstance(thing, Topic) else "letter"
        action = reverse(f"notifications:watch_{kind}", args=[thing.pk])
        level = mine.level_of_topic(thing) if isinstance(thing, Topic) else mine.level_of_letter(thing)
        unwanted = Level.MUTED if isinstance(thing, Topic) else Level.NORMAL
        levels = [(value, label) for value, label in levels if value != unwanted]
    elif isinstance(thing, Thread):
        action = reverse("notifications:watch_thread", args=[thing.pk])
        level, without, has_topics = levels_in(request.user, thing)
    else:
        action = reverse("notifications:watch_space", args=[thing.pk])
        level = Watch.objects.visible_to(request.user).level_in_space(thing)
    return {
        "action": action,
        "level": level,
        "levels": levels,
        "without": without,
        "has_topics": has_topics,
        "is_topic": isinstance(thing, Topic),
        "is_letter": isinstance(thing, Letter),
        "here": request.get_full_path(),
        "request": request,
    }


@register.inclusion_tag("notifications/_mute_control.html", takes_context=True)
def mute_control(context: RequestContext, face: Face) -> dict[str, Any]:
    """Mute this name, or hear it again; nothing for a visitor, nor for a name that nobody can call. One query."""
    request = context["request"]
    if not request.user.is_authenticated or not face.key:
        return {}
    name = Name.objects.visible_to(request.user).filter(key=face.key).first()
    if name is None or name.holder_id == request.user.pk:
        return {}
    return {
        "face": face,
        "is_muted": Watch.objects.visible_to(request.user).mutes(name),
        "here": request.get_full_path(),
        "request": request,
    }
