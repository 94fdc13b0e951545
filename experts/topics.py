"""How topics are written: “HIV”, “hiv” and “ hiv ” are one, spelled as whoever came first spelled it (P15)."""

import re
import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from experts.models import Topic, TopicAlias

MOST, LONGEST = 30, 50


def topics_of(words: Iterable[str]) -> list[Topic]:
    """The topics for these words, made where missing. Raises ValidationError with words for people."""
    wanted = {word.casefold(): word for word in reversed([normal_topic(word) for word in words if word.strip()])}
    if len(wanted) > MOST:
        raise ValidationError(_("Choose at most %(most)s topics.") % {"most": MOST})
    known = {topic.name.casefold(): topic for topic in Topic.objects.spelled(list(wanted))}
    known |= {alias.word.casefold(): alias.topic for alias in _aliases(wanted)}
    found = [known.get(key) or Topic.objects.create(name=wanted[key]) for key in reversed(wanted)]
    return list(dict.fromkeys(found))


def called_now(words: Iterable[str]) -> list[str]:
    """`words`, with for one that was renamed or joined with another what that is called now; each once."""
    words = list(words)
    now = {alias.word.casefold(): alias.topic.name for alias in _aliases(words)} if words else {}
    return list({name.casefold(): name for name in (now.get(word.casefold(), word) for word in words)}.values())


def _aliases(words: Iterable[str]) -> QuerySet[TopicAlias]:
    return TopicAlias.objects.filter(word__in=[word.lower() for word in words]).select_related("topic")


def normal_topic(text: str) -> str:
    word = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    if len(word) > LONGEST:
        raise ValidationError(_("A topic has at most %(longest)s characters.") % {"longest": LONGEST})
    allowed = all(unicodedata.category(letter)[0] in "LMN" or letter in " -'’&+./()" for letter in word)
    if not allowed or not any(letter.isalnum() for letter in word):
        raise ValidationError(_("“%(word)s” isn't a topic: use letters, digits and hyphens.") % {"word": word[:60]})
    return word


def split_topics(text: str) -> list[str]:
    """Words between commas, semicolons or new lines."""
    return [word for word in re.split(r"[,;\n]", text) if word.strip()]
