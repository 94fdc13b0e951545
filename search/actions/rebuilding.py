"""rebuild: everything that can be found, put into the index anew; goes on where one that was broken off stopped."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from cms.models import GlossaryPage, KnowledgePage, Term
from discussions.models import Post, Thread
from experts.models import Organisation
from letters.models import Letter
from search import texts
from search.actions.entries import keep
from search.models import Entry, Kind, Rebuild

TOGETHER = 500
Watch = Callable[[Iterable[Any], str], Iterable[Any]]


def rebuild(*, anew: bool = True, watch: Watch = lambda items, _label: items) -> int:
    """How many entries there are then. With `anew` from the beginning, else from where the last one stopped.

    What stands in the index is found all the while: it is replaced batch by batch, and what is gone is taken out last.
    """
    if anew:
        Rebuild.objects.all().delete()
    for kind, (rows, entries_of) in _kinds().items():
        _fill(kind, rows, entries_of, watch)
    Rebuild.objects.all().delete()
    return Entry.objects.count()


def _kinds() -> dict[Kind, tuple[QuerySet[Any], Callable[[Any], list[Entry]]]]:
    openings = Prefetch("posts", Post.objects.live().filter(number=1), to_attr="openings")
    return {
        Kind.ORGANISATION: (Organisation.objects.all(), lambda one: [texts.of_organisation(one)]),
        Kind.LETTER: (Letter.objects.all(), texts.of_letter),
        Kind.PAGE: (KnowledgePage.objects.live().select_related("locale"), lambda page: texts.of_page(page.specific)),
        Kind.TERM: (
            Term.objects.filter(page__in=GlossaryPage.objects.live()).select_related("page__locale"),
            lambda term: [texts.of_term(term, term.page)],
        ),
        Kind.THREAD: (
            Thread.objects.filter(alias=None).select_related("space").prefetch_related(openings),
            lambda thread: [texts.of_thread(thread, next(iter(thread.openings), None))],
        ),
        Kind.POST: (
            Post.objects.live().filter(number__gt=1).select_related("thread__space"),
            lambda post: [texts.of_post(post)],
        ),
    }


def _fill(kind: Kind, rows: QuerySet[Any], entries_of: Callable[[Any], list[Entry]], watch: Watch) -> None:
    """In batches by key, each with how far it came in one transaction. Posts and threads are locked meanwhile, so
    that no older text overtakes the one somebody is writing."""
    done = Rebuild.objects.filter(kind=kind).values_list("last", flat=True).first() or 0
    keys = list(rows.filter(pk__gt=done).order_by("pk").values_list("pk", flat=True))
    batches = [keys[start : start + TOGETHER] for start in range(0, len(keys), TOGETHER)]
    for batch in watch(batches, str(kind.label)):
        with transaction.atomic():
            now = rows.filter(pk__in=batch).order_by("pk")
            if kind in (Kind.THREAD, Kind.POST):
                now = now.select_for_update(of=("self",))
            entries = [entry for row in now for entry in entries_of(row)]
            Entry.objects.filter(kind=kind, object_id__in=batch).delete()
            keep(entries)
            Rebuild.objects.update_or_create(kind=kind, defaults={"last": batch[-1]})
    Entry.objects.filter(kind=kind).exclude(object_id__in=rows.order_by().values("pk")).delete()
