"""Finding an expert: what is asked, who answers to it, what can be asked further, and why somebody was found (P11).

Everything is read from facts that the viewer may see, so a hidden field finds nobody, counts nowhere and explains
nothing (P6).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.audiences import Viewer
from experts.faces import Face, face_of
from experts.languages import language_name
from experts.models import FactKind, Name, ProfileFact
from experts.models.fact import allow_slips
from experts.models.profile import Availability
from experts.models.topic_alias import TopicAliasQuerySet
from experts.spelling import plain_words

PER_PAGE = 24
MOST_WORDS, LONGEST = 6, 200
# The word in the address of each thing that can be asked for.
ASKED = {
    "topic": FactKind.KNOWS,
    "language": FactKind.LANGUAGES,
    "region": FactKind.REGION,
    "organisation": FactKind.ORGANISATIONS,
    "available": FactKind.AVAILABILITY,
}
# What explains a match, in this order. Name and headline stand on the card as they are.
REASONS = [
    FactKind.KNOWS,
    FactKind.LANGUAGES,
    FactKind.REGION,
    FactKind.ORGANISATIONS,
    FactKind.AVAILABILITY,
    FactKind.PRONOUNS,
    FactKind.INTRODUCTION,
    FactKind.PUBLICATIONS,
    FactKind.LINKS,
]


@dataclass(frozen=True)
class Question:
    """What was asked: free words, and values by kind."""

    text: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    slips: bool = False  # words may be misspelled

    @classmethod
    def of(cls, query: QueryDict) -> Question:
        values = {word: list(dict.fromkeys(v for v in query.getlist(word)[:5] if v)) for word in ASKED}
        clean = {word: [v.replace("\x00", "")[:120] for v in given] for word, given in values.items() if given}
        return cls(text=query.get("q", "").replace("\x00", "")[:LONGEST].strip(), values=clean)

    @property
    def words(self) -> list[str]:
        return re.findall(r"[^\W_]+", plain_words(self.text))[:MOST_WORDS]

    def with_topics_of_today(self, aliases: TopicAliasQuerySet) -> Question:
        """Where an older address asks for a topic that was renamed or joined with another: for what that is now."""
        asked = self.values.get("topic")
        if not asked:
            return self
        now = aliases.now(asked)
        topics = list(dict.fromkeys(now.get(slug, slug) for slug in asked))
        return replace(self, values=self.values | {"topic": topics})

    def address(self, word: str, value: str) -> str:
        """The query string in which this value is asked for too, or, when it was, no longer."""
        query = QueryDict(mutable=True)
        if self.text:
            query["q"] = self.text
        for other in ASKED:
            given = list(self.values.get(other, []))
            if other == word:
                given = [v for v in given if v != value] if value in given else [*given, value]
            query.setlist(other, given)
        return f"?{query.urlencode()}"

    def asks(self, fact: ProfileFact) -> bool:
        return any(fact.kind == kind and fact.value in self.values.get(word, []) for word, kind in ASKED.items())


@dataclass(frozen=True)
class Choice:
    label: str
    number: int
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    title: str
    choices: list[Choice]
    more: list[Choice]


@dataclass(frozen=True)
class Reason:
    """“Knows” and the labels that answered; `labels` is empty where a word stands in prose."""

    words: str
    labels: list[str]


@dataclass
class Card:
    face: Face
    knows: list[tuple[str, str]] = field(default_factory=list)
    speaks: list[str] = field(default_factory=list)
    region: str = ""
    reasons: list[Reason] = field(default_factory=list)


def answer(viewer: Viewer, question: Question) -> tuple[Question, QuerySet[Name]]:
    """Who was found, and what was asked in the end: when the words find nobody, they may be misspelled."""
    found = find(viewer, question)
    if question.words and not found.count():  # `exists` makes PostgreSQL walk all facts for a word nobody shows
        allow_slips()
        question = replace(question, slips=True)
        found = find(viewer, question)
    return question, found


def find(viewer: Viewer, question: Question) -> QuerySet[Name]:
    """Names of whom every word and every value stands in a fact that the viewer may see; the nearest first."""
    facts = ProfileFact.objects.visible_to(viewer)
    names = Name.objects.visible_to(viewer)
    for word in question.words:
        names = names.filter(pk__in=facts.saying(word, slips=question.slips).values("profile"))
    for asked, values in question.values.items():
        for value in values:
            names = names.filter(pk__in=facts.among(ASKED[asked], value).values("profile"))
    if question.text and not question.words:
        return names.none()
    if question.words:
        weight = facts.weight(*question.words, slips=question.slips)
        return names.alias(weight=weight).order_by("-weight", "display_name")
    return names.order_by("display_name")


def facets(
    viewer: Viewer, question: Question, found: QuerySet[Name], *, shown: int = 10, most: int = 40
) -> list[Facet]:
    """What can be asked further, with how many of those found show it. One query."""
    rows = ProfileFact.objects.visible_to(viewer).counted(list(ASKED.values()), found)
    by_kind: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append((row["value"], row["shown"], row["number"]))
    titles = {
        "topic": _("Knowledge"),
        "language": _("Languages"),
        "region": _("Region"),
        "organisation": _("Organisation"),
        "available": _("Available for"),
    }
    made = []
    for word, kind in ASKED.items():
        chosen = question.values.get(word, [])
        choices = [
            Choice(label_of(kind, value, label), number, question.address(word, value), value in chosen)
            for value, label, number in by_kind[kind][:most]
        ]
        choices.sort(key=lambda choice: not choice.is_chosen)
        if choices:
            made.append(Facet(titles[word], choices[:shown], choices[shown:]))
    return made


def cards(viewer: Viewer, question: Question, names: Iterable[Name]) -> list[Card]:
    """One card a name, each from the facts the viewer may see. One query; `names` come with their faces."""
    made = {name.pk: Card(face_of(name, viewer)) for name in names}
    reasons: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    facts = ProfileFact.objects.visible_to(viewer).filter(profile__in=list(made))
    facts = facts.marked(*question.words, slips=question.slips)
    for fact in facts.order_by("profile", "kind", "label", "value"):
        card, label = made[fact.profile_id], label_of(fact.kind, fact.value, fact.label)
        if fact.kind == FactKind.KNOWS:
            card.knows.append((label, fact.value))
        elif fact.kind == FactKind.LANGUAGES:
            card.speaks.append(label)
        elif fact.kind == FactKind.REGION:
            card.region = label
        is_hit = fact.is_hit  # type: ignore[attr-defined]  # added by `marked`
        if fact.kind in REASONS and (is_hit or question.asks(fact)):
            reasons[fact.profile_id][fact.kind].append(label)
    for pk, by_kind in reasons.items():
        made[pk].reasons = [_reason(kind, by_kind[kind]) for kind in REASONS if kind in by_kind]
    return list(made.values())


def label_of(kind: str, value: str, label: str) -> str:
    """In the reader's language where the fact is a code."""
    if kind == FactKind.LANGUAGES:
        return language_name(value)
    if kind == FactKind.AVAILABILITY:
        return str(Availability(value).label)
    return label or value


def _reason(kind: str, labels: list[str]) -> Reason:
    words = {
        FactKind.KNOWS: _("Knows"),
        FactKind.LANGUAGES: _("Speaks"),
        FactKind.REGION: _("Region"),
        FactKind.ORGANISATIONS: _("Belongs to"),
        FactKind.AVAILABILITY: _("Available for"),
        FactKind.PRONOUNS: _("Pronouns"),
        FactKind.INTRODUCTION: _("It stands in the introduction"),
        FactKind.PUBLICATIONS: _("It stands in the publications"),
        FactKind.LINKS: _("It stands in a link"),
    }
    prose = kind in (FactKind.INTRODUCTION, FactKind.PUBLICATIONS, FactKind.LINKS)
    return Reason(words[FactKind(kind)], [] if prose else [label for label in labels if label])
