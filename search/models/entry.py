"""The one index: a row for each thing that can be found, as text. Who may find it is asked of its owner (Q3)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import (
    SearchHeadline,
    SearchQuery,
    SearchRank,
    SearchVector,
    SearchVectorField,
    TrigramWordSimilarity,
)
from django.db import connection, models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audiences import Viewer, is_member
from accounts.models import User
from cms.models import KnowledgePage, Term
from discussions.models import Post, Thread
from discussions.models.post import sees_noted
from experts.models import Name, Organisation, Topic
from letters.models import Letter

VISITOR, MEMBER, COORDINATOR = 0, 1, 2
# By how much a word in the text, and one in the title, counts.
WEIGHTS = [0.15, 0.2, 0.4, 1.0]
# Signs for private use: they stand in no text of the index (see search.texts), and become <mark> in the template.
START, STOP = "\ue000", "\ue001"
LIKENESS = "0.35"  # of trigrams, 0 to 1: two letters that changed places still count
CONFIGS = {"nl": "dutch_folded", "en": "english_folded"}


class Kind(models.TextChoices):
    PAGE = "page", _("page")
    THREAD = "thread", _("discussion")
    POST = "post", _("reply")
    ORGANISATION = "organisation", _("organisation")
    TERM = "term", _("term")
    LETTER = "letter", _("letter")


def level_of(viewer: Viewer) -> int:
    """Which of the texts of a thing is this viewer's, where it has parts for members or coordinators only."""
    if not is_member(viewer):
        return VISITOR
    return COORDINATOR if viewer.is_coordinator else MEMBER  # type: ignore[union-attr]  # a member is a User


@dataclass(frozen=True)
class Found:
    """How much of each kind this viewer may find, and the keys of the entries of one page, the best first."""

    counts: dict[str, int]
    keys: list[int]


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, viewer: User | AnonymousUser) -> EntryQuerySet:
        """What the viewer may see by its owner's own rule, asked in this query; of a text in parts, theirs."""
        owners: dict[str, models.QuerySet[Any]] = {
            Kind.PAGE: KnowledgePage.objects.visible_to(viewer),
            Kind.THREAD: Thread.objects.visible_to(viewer),
            Kind.POST: Post.objects.visible_to(viewer).live(),
            Kind.ORGANISATION: Organisation.objects.visible_to(viewer),
            Kind.TERM: Term.objects.visible_to(viewer),
            Kind.LETTER: Letter.objects.visible_to(viewer),
        }
        rule = Q()
        for kind, things in owners.items():
            rule |= Q(Exists(things.filter(pk=OuterRef("object_id"))), kind=kind)
        level = level_of(viewer)
        return self.filter(rule, from_level__lte=level, to_level__gte=level)

    def matching(self, queries: dict[str, SearchQuery]) -> EntryQuerySet:
        """Each in the stemming of its language; what stands in both languages in either."""
        rule = Q()
        for language, query in queries.items():
            rule |= Q(language__in=[language, ""], tsv=query)
        return self.filter(rule)

    def by(self, names: models.QuerySet[Name]) -> EntryQuerySet:
        return self.filter(author__in=names.values("pk"))

    def in_spaces(self, spaces: models.QuerySet[Any]) -> EntryQuerySet:
        return self.filter(thread__space__in=spaces.values("pk"))

    def about(self, topic: str) -> EntryQuerySet:
        """Threads, with their replies, and pages that carry this topic; asked of them, so never out of date."""
        meant = Topic.objects.filter(
            Q(pk__in=Topic.objects.meant_by([topic])) | Q(pk__in=Topic.objects.at(topic.lower()))
        )
        spelled = Q(tagged__tag__in=meant.values("pk"))
        threads = Thread._base_manager.filter(spelled)
        pages = KnowledgePage._base_manager.filter(spelled)
        return self.filter(Q(thread__in=threads.values("pk")) | Q(kind=Kind.PAGE, object_id__in=pages.values("pk")))

    def between(self, after: date | None, before: date | None) -> EntryQuerySet:
        """From the day `after` on, up to but not including the day `before`."""
        entries = self
        if after:
            entries = entries.filter(at__date__gte=after)
        if before:
            entries = entries.filter(at__date__lt=before)
        return entries

    def find(self, queries: dict[str, SearchQuery], *, kind: str, start: int, most: int) -> Found:
        """Of these entries those that match: how many of each kind, and one page of them. One query.

        The hits come first, in a CTE that PostgreSQL may not take apart: asked with ORDER BY and LIMIT at once it
        would walk the whole table for a rare word.
        """
        entries, common = self.order_by(), ""
        params: list[Any] = []
        if queries:
            sql, given = self.model.objects.matching(queries).order_by().values("pk").query.sql_with_params()
            params = list(given)
            common = f"hits (id) AS MATERIALIZED ({sql}), "
            entries = entries.filter(pk__in=RawSQL("SELECT id FROM hits", []))
        sql, more = entries.values_list("pk", "kind", "at", rank(queries)).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH {common} seen (id, kind, at, rank) AS MATERIALIZED ({sql}), "  # noqa: S608  values are parameters
                "page AS (SELECT * FROM seen WHERE kind = %s OR %s = '' "
                "ORDER BY rank DESC, at DESC, id DESC LIMIT %s OFFSET %s) "
                "SELECT (SELECT jsonb_object_agg(kind, number) FROM "
                "(SELECT kind, count(*) AS number FROM seen GROUP BY kind) AS counted)::text, "
                "(SELECT array_agg(id ORDER BY rank DESC, at DESC, id DESC) FROM page)",
                [*params, *more, kind, kind, most, start],
            )
            counts, keys = cursor.fetchone()
        return Found(json.loads(counts) if counts else {}, keys or [])

    def shown(self, keys: list[int], queries: dict[str, SearchQuery], language: str, viewer: Viewer) -> list[Entry]:
        """Those entries in that order, with whose they are and where, and the words that were found marked; and of a
        post its content note, with whether this viewer chose to see such texts."""
        own = Post._base_manager.filter(pk=OuterRef("object_id")).values("content_note")
        opening = Post._base_manager.filter(thread=OuterRef("object_id"), number=1).values("content_note")
        note = Case(When(kind=Kind.POST, then=Subquery(own)), When(kind=Kind.THREAD, then=Subquery(opening)))
        wanted = self.filter(pk__in=keys).select_related("thread__space", "author__profile")
        entries = wanted.annotate(
            content_note=Coalesce(note, Value("")),
            sees_noted=sees_noted(viewer),
            marked_title=_marked("title", queries, language, highlight_all=True),
            excerpt=_marked("body", queries, language, max_fragments=2, max_words=28, min_words=12),
        ).defer("body", "words")
        place = {key: number for number, key in enumerate(keys)}
        return sorted(entries, key=lambda entry: place[entry.pk])

    def titles_like(self, words: Iterable[str], most: int = 100) -> list[str]:
        """Titles, as plain words, in which a word resembles one of these; the most alike first. Two queries."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [LIKENESS])
        likeness = [TrigramWordSimilarity(word, "words") for word in words]
        rule = Q()
        for word in words:
            rule |= Q(words__trigram_word_similar=word)
        nearest = Greatest(*likeness) if len(likeness) > 1 else likeness[0]
        return list(self.filter(rule).order_by(nearest.desc(), "words").values_list("words", flat=True)[:most])


class Entry(models.Model):
    kind = models.CharField(max_length=12, choices=Kind)
    object_id = models.BigIntegerField()
    # Who this text is for: of a page with parts for members only there is one for visitors and one for members.
    from_level = models.PositiveSmallIntegerField(default=VISITOR)
    to_level = models.PositiveSmallIntegerField(default=COORDINATOR)
    language = models.CharField(max_length=5, blank=True)  # empty: it is in both
    title = models.CharField(max_length=400, blank=True)
    words = models.CharField(max_length=800, blank=True)  # the title without accents and capitals, for likeness
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300)  # a lasting one: it survives moving and renaming
    at = models.DateTimeField(default=timezone.now)
    # Not held by the database: taking hold of a thread's row would queue up behind whoever writes in it.
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_constraint=False
    )
    author = models.ForeignKey(
        Name, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_constraint=False
    )
    tsv = models.GeneratedField(
        expression=Case(
            When(
                language="en",
                then=SearchVector("title", config="english_folded", weight="A")
                + SearchVector("body", config="english_folded", weight="D"),
            ),
            When(
                language="",
                then=SearchVector("title", config="dutch_folded", weight="A")
                + SearchVector("body", config="dutch_folded", weight="D")
                + SearchVector("title", config="english_folded", weight="A")
                + SearchVector("body", config="english_folded", weight="D"),
            ),
            default=SearchVector("title", config="dutch_folded", weight="A")
            + SearchVector("body", config="dutch_folded", weight="D"),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    # Put there by `shown`.
    marked_title: str
    excerpt: str
    content_note: str
    sees_noted: bool

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the index")
        verbose_name_plural = _("entries of the index")
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "from_level"], name="indexed_once"),
            models.CheckConstraint(
                condition=Q(to_level__gte=F("from_level"), to_level__lte=COORDINATOR), name="a_text_for_some_level"
            ),
        ]
        indexes = [
            GinIndex(fields=["tsv"], name="entry_search"),
            GinIndex(fields=["words"], name="entry_likeness", opclasses=["gin_trgm_ops"], condition=~Q(words="")),
        ]

    @property
    def kind_name(self) -> str:
        return str(Kind(self.kind).label)


def rank(queries: dict[str, SearchQuery]) -> models.Expression:
    """How well an entry answers: a title counts for more than a text, a short text for more than a long one."""
    if not queries:
        return Value(0.0)
    ranks = {language: SearchRank(F("tsv"), query, WEIGHTS, normalization=1) for language, query in queries.items()}
    return Case(When(language="en", then=ranks["en"]), default=ranks["nl"], output_field=models.FloatField())


def _marked(field: str, queries: dict[str, SearchQuery], language: str, **options: Any) -> models.Expression:
    if not queries:
        return models.functions.Left(field, 240)
    marked = {
        known: SearchHeadline(
            field,
            query,
            config=CONFIGS[known],
            start_sel=START,
            stop_sel=STOP,
            fragment_delimiter=" … " if "max_fragments" in options else None,
            **options,
        )
        for known, query in queries.items()
    }
    others = [When(language=known, then=headline) for known, headline in marked.items() if known != language]
    return Case(*others, default=marked[language], output_field=models.TextField())
