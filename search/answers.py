"""From a question to what this viewer may find: counts by kind, one page of hits, experts, and a better spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.db.models import Count, Q, Window
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.audiences import Viewer
from discussions.models import Space
from discussions.models.post import in_place_of, is_folded
from experts import directory
from experts.faces import Face, face_of
from experts.models import Name
from search.models import Entry, Kind
from search.models.entry import START, STOP
from search.questions import Question

PER_PAGE, EXPERTS = 20, 3


@dataclass(frozen=True)
class Tab:
    kind: str
    label: str
    number: int
    is_current: bool


@dataclass(frozen=True)
class Hit:
    kind: str
    title: SafeString
    excerpt: SafeString
    url: str
    entry: Entry
    face: Face | None


@dataclass
class Answer:
    question: Question
    kind: str = ""
    page: int = 1
    tabs: list[Tab] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    experts: list[Face] = field(default_factory=list)
    expert_count: int = 0
    better: str = ""

    @property
    def has_more(self) -> bool:
        return self.page * PER_PAGE < self.total

    @property
    def is_empty(self) -> bool:
        return not self.hits and not self.expert_count


def answer(viewer: Viewer, question: Question, *, kind: str = "", page: int = 1) -> Answer:
    """Every count and excerpt is of what this viewer may see: the rule stands in the query itself (Q3)."""
    given = Answer(question, kind=kind if kind in Kind.values else "", page=max(1, min(page, 500)))
    if question.is_empty or question.wrong_day:
        return given
    queries = question.queries()
    entries = Entry.objects.visible_to(viewer)
    found = _narrowed(entries, viewer, question).find(
        queries, kind=given.kind, start=(given.page - 1) * PER_PAGE, most=PER_PAGE
    )
    given.total = found.counts.get(given.kind, 0) if given.kind else sum(found.counts.values())
    given.tabs = [Tab("", _("Everything"), sum(found.counts.values()), not given.kind)]
    given.tabs += [
        Tab(one.value, _plural(one), found.counts[one.value], given.kind == one.value)
        for one in Kind
        if found.counts.get(one.value)
    ]
    if found.keys:
        language = translation.get_language() or "nl"
        given.hits = [_hit(entry, viewer) for entry in entries.shown(found.keys, queries, language, viewer)]
    if question.words and not question.operators and not given.kind and given.page == 1:
        _add_experts(given, viewer)
    if given.is_empty and question.words:
        given.better = _better(viewer, question)
    return given


def _narrowed(entries, viewer: Viewer, question: Question):  # type: ignore[no-untyped-def]  # the queryset of Entry
    """By the operators, each asked of what the viewer may see."""
    asked = question.operators
    if "author" in asked:
        name = asked["author"].lstrip("@")
        spelled = Q(handle__iexact=name) | Q(display_name__iexact=name)
        entries = entries.by(Name.objects.visible_to(viewer).filter(spelled))
    if "in" in asked:
        spelled = Q(slug__iexact=asked["in"]) | Q(name__iexact=asked["in"])
        entries = entries.in_spaces(Space.objects.visible_to(viewer).filter(spelled))
    if "tag" in asked:
        entries = entries.about(asked["tag"].lstrip("#"))
    return entries.between(question.after, question.before)


def _hit(entry: Entry, viewer: Viewer) -> Hit:
    title = entry.marked_title or (entry.thread.title if entry.thread else "")
    face = face_of(entry.author, viewer) if entry.author_id else None
    folded = is_folded(entry.content_note, sees_noted=entry.sees_noted)
    excerpt = in_place_of(entry.content_note) if folded else entry.excerpt
    return Hit(entry.kind, _marked(title), _marked(excerpt), entry.url, entry, face)


def _marked(text: str) -> SafeString:
    """Escaped first, then marked: nothing that somebody wrote becomes a tag (S9)."""
    safe = str(escape(text)).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(safe)  # noqa: S308  escaped in the line above


def _add_experts(given: Answer, viewer: Viewer) -> None:
    asked = directory.Question(text=given.question.text.replace('"', " "))
    found = directory.find(viewer, asked).select_related("profile").annotate(total=Window(Count("pk")))
    for name in found[:EXPERTS]:
        given.expert_count = name.total
        given.experts.append(face_of(name, viewer))


def _better(viewer: Viewer, question: Question) -> str:
    """The question with each word replaced by the likest word of a title that this viewer may see; "" if none is."""
    long_enough = [word for word in question.words if len(word) > 3]
    if not long_enough:
        return ""
    titles = Entry.objects.visible_to(viewer).titles_like(long_enough)
    known = {word for title in titles for word in re.findall(r"[^\W_]+", title) if len(word) > 3}
    better = " ".join(_likest(word, known) if word in long_enough else word for word in question.words)
    return better if better != " ".join(question.words) else ""


def _likest(word: str, known: set[str]) -> str:
    """A letter or two may be wrong, missing or too many; more is another word."""
    near = [other for other in known if abs(len(other) - len(word)) <= 2]
    return next(iter(get_close_matches(word, near, n=1, cutoff=0.75)), word)


def _plural(kind: Kind) -> str:
    return {
        Kind.PAGE: _("Knowledge"),
        Kind.THREAD: _("Discussions"),
        Kind.POST: _("Replies"),
        Kind.ORGANISATION: _("Organisations"),
        Kind.TERM: _("Terms"),
        Kind.LETTER: _("Letters"),
    }[kind]
