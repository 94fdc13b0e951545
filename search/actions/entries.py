"""keep, forget: the rows of the index, in the transaction of what happened to what they stand for."""

from collections.abc import Iterable

from django.db.models import QuerySet

from cms.models import GlossaryPage, KnowledgePage, Term
from discussions.models import Post, Thread
from experts.models import Name, Organisation
from letters.models import Letter
from search import texts
from search.models import Entry, Kind

_SAME = ["kind", "object_id", "from_level"]
_REST = ["to_level", "language", "title", "words", "body", "url", "at", "thread", "author"]


def keep(entries: Iterable[Entry]) -> None:
    """Puts each in the index, in place of an earlier text of the same thing. One query."""
    Entry.objects.bulk_create(entries, update_conflicts=True, unique_fields=_SAME, update_fields=_REST)


def forget(kind: str, ids: Iterable[int] | QuerySet) -> None:
    Entry.objects.filter(kind=kind, object_id__in=ids).delete()


def keep_thread(thread: Thread) -> None:
    keep([texts.of_thread(thread, Post.objects.of(thread).live().filter(number=1).first())])


def stand_with_posts(thread: Thread) -> None:
    """After a split or merge: the entries of all replies in `thread` stand there, in its language. An opening has no
    entry of its own, and has one again when it became a reply."""
    # By key: what PostgreSQL guesses of a table that just grew can make it compare all posts with all entries.
    posts, language = list(Post.objects.of(thread).values_list("pk", "number", "deleted_at")), thread.space.language
    forget(Kind.POST, [pk for pk, number, _gone in posts if number == 1])
    replies = [pk for pk, number, gone in posts if number > 1 and gone is None]
    entries = Entry.objects.filter(kind=Kind.POST, object_id__in=replies)
    entries.exclude(thread=thread, language=language).update(thread=thread, language=language)
    without = set(replies).difference(entries.values_list("object_id", flat=True))
    missing = list(Post.objects.filter(pk__in=without))
    for post in missing:
        post.thread = thread
    keep([texts.of_post(post) for post in missing])


def keep_post(post: Post) -> None:
    """The opening post stands in the entry of its thread. A deleted one says nothing and is found no more."""
    if post.number == 1:
        keep([texts.of_thread(post.thread, post if post.deleted_at is None else None)])
    elif post.deleted_at is None:
        keep([texts.of_post(post)])
    else:
        forget(Kind.POST, [post.pk])


def keep_posts(posts: Iterable[Post]) -> None:
    """Many at once, each with its thread and space at hand; none of them deleted."""
    keep([texts.of_thread(post.thread, post) if post.number == 1 else texts.of_post(post) for post in posts])


def keep_page(page: KnowledgePage) -> None:
    entries = texts.of_page(page)
    levels = [entry.from_level for entry in entries]
    Entry.objects.filter(kind=Kind.PAGE, object_id=page.pk).exclude(from_level__in=levels).delete()
    keep(entries)
    if isinstance(page, GlossaryPage):
        keep([texts.of_term(term, page) for term in Term.objects.filter(page=page)])
        forget_gone_terms()


def forget_page(page: KnowledgePage) -> None:
    forget(Kind.PAGE, [page.pk])
    if isinstance(page, GlossaryPage):
        forget(Kind.TERM, Term.objects.filter(page=page).values("pk"))
        forget_gone_terms()


def forget_gone_terms() -> None:
    """Terms have no announcement of their own: they come and go with their page."""
    Entry.objects.filter(kind=Kind.TERM).exclude(object_id__in=Term.objects.values("pk")).delete()


def keep_organisation(organisation: Organisation) -> None:
    keep([texts.of_organisation(organisation)])


def keep_letter(letter: Letter) -> None:
    keep(texts.of_letter(letter))


def hand_over(name: Name, nobody: Name) -> None:
    """What `name` said is found as before, from nobody."""
    Entry.objects.filter(author=name).update(author=nobody)
