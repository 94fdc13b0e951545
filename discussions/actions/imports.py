"""look_through, bring, take_back: an archive of a mailing list becomes threads of a space (D15).

Run by whoever keeps the platform. Nobody is told, nothing is mailed; a second run of the same file adds nothing, so
one that broke off is simply run again.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from discussions import bulk, tree
from discussions.importing import mail, mbox
from discussions.importing import text as texts
from discussions.importing.threading import NOBODY, Threads, short
from discussions.models import Import, ImportAuthor, ImportedMessage, Post, Space, Thread
from discussions.models.importing import keyed
from discussions.signals import posts_imported, posts_withdrawn
from experts.models import Name
from swexpertise.writing import write

BATCH = 500
MOST_PLACES = 20

Watch = Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass(slots=True)
class Report:
    """What is in the file and what became of it. `places` are the first lines in the file of each oddity."""

    messages: int = 0
    new: int = 0
    known: int = 0
    threads: int = 0
    authors: int = 0
    unmatched: int = 0
    oddities: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    writers: Counter[str] = field(default_factory=Counter)

    def note(self, oddity: str, line: int) -> None:
        self.oddities[oddity] += 1
        if len(self.places[oddity]) < MOST_PLACES:
            self.places[oddity].append(line)

    def as_json(self) -> dict[str, Any]:
        numbers = {key: getattr(self, key) for key in ("messages", "new", "known", "threads", "authors", "unmatched")}
        return numbers | {"oddities": dict(self.oddities), "places": dict(self.places)}


class Archive:
    """An mbox read once from end to end: its threads, by number, and where each mail stands."""

    def __init__(self, stream: BinaryIO, *, now: datetime, watch: Watch) -> None:
        self.stream = stream
        self.now = now
        self.report = Report()
        self.threads = Threads()
        self.lines = array("q")
        self.hashes = bytearray()
        self.authors: list[str] = []
        self.author_of = array("q")
        self._read(watch)
        self.threads.settle()

    def _read(self, watch: Watch) -> None:
        numbers: dict[str, int] = {}
        prints: dict[int, int] = {}
        before = self.now
        try:
            for raw in watch(mbox.messages(self.stream), _("Reading")):
                head = mail.head_of(raw, now=self.now)
                self.report.messages += 1
                key = self._key(head, raw.line, prints)
                if not key:
                    continue
                for oddity in head.oddities:
                    self.report.note(oddity, raw.line)
                before = head.sent_at or before
                if not self.threads.add(head, key=key, place=raw.place, moment=before):
                    self.report.note("loop", raw.line)
                self.lines.append(raw.line)
                self.hashes += bytes.fromhex(keyed("message", key))
                self.author_of.append(numbers.setdefault(head.address, len(numbers)))
        except mbox.NotAnMbox:
            raise ValidationError(_("This file is no mailing-list archive (mbox)."), code="not_an_mbox") from None
        self.authors = list(numbers)
        self.report.authors = len(numbers)

    def _key(self, head: mail.Head, line: int, prints: dict[int, int]) -> str:
        """Its id; another one when an earlier mail with this id said something else; empty: the same mail again."""
        said = short(head.print)
        for key in (head.key, f"{head.key} {head.print}"):
            if (known := prints.get(short(key))) is None:
                prints[short(key)] = said
                return key
            if known == said:
                self.report.note("same_message_twice", line)
                return ""
            self.report.note("two_with_one_id", line)
        return ""

    def raw(self, number: int) -> mbox.Raw:
        return mbox.message_at(self.stream, self.threads.places[number])

    def hash(self, number: int) -> str:
        return self.hashes[32 * number : 32 * (number + 1)].hex()

    def at(self, number: int) -> datetime:
        return datetime.fromtimestamp(self.threads.moments[number], UTC)


def look_through(
    *, stream: BinaryIO, space: Space, authors: Mapping[str, Name], now: datetime, watch: Watch
) -> Report:
    """What `bring` would do, without doing it."""
    archive = Archive(stream, now=now, watch=watch)
    report = archive.report
    report.unmatched = sum(address not in authors for address in archive.authors)
    report.writers.update(archive.authors[author] for author in archive.author_of)
    for thread in watch(list(archive.threads.in_order()), _("Looking through")):
        known = ImportedMessage.objects.posts_of(space, [archive.hash(number) for number in thread])
        report.known += len(known)
        report.new += len(thread) - len(known)
        report.threads += not known
        for number in thread:
            for oddity in mail.body_of(archive.raw(number)).oddities:
                report.note(oddity, archive.lines[number])
    return report


def bring(
    *,
    stream: BinaryIO,
    space: Space,
    authors: Mapping[str, Name],
    now: datetime,
    watch: Watch,
    batch: Import | None = None,
) -> tuple[Import, Report]:
    """`authors`: addresses, in lower case, to the names of members that a coordinator wrote down as theirs.

    `batch`: the import to go on with, when an earlier run of it broke off.
    """
    archive = Archive(stream, now=now, watch=watch)
    archive.report.unmatched = sum(address not in authors for address in archive.authors)
    batch = batch or Import.objects.create(space=space, started_at=now)
    with translation.override(space.language):
        writer = _Writer(archive, batch, authors)
        held: list[list[int]] = []
        for thread in watch(list(archive.threads.in_order()), _("Bringing along")):
            held.append(thread)
            if sum(map(len, held)) >= BATCH:
                writer.keep(held)
                held = []
        writer.keep(held)
    report, brought = archive.report, batch.messages.count()
    report.new, report.known = brought, report.known + report.new - brought
    batch.report, batch.finished_at = report.as_json(), now
    batch.save(update_fields=["report", "finished_at"])
    return batch, report


class _Writer:
    def __init__(self, archive: Archive, batch: Import, authors: Mapping[str, Name]) -> None:
        self.archive = archive
        self.batch = batch
        self.authors = authors
        self.names: dict[int, Name] = {}

    @transaction.atomic
    def keep(self, threads: list[list[int]]) -> None:
        """Several threads in one transaction, whole ones only."""
        Space.objects.select_for_update().get(pk=self.batch.space_id)  # two imports at once queue up here
        hashes = [self.archive.hash(number) for thread in threads for number in thread]
        known = ImportedMessage.objects.posts_of(self.batch.space, hashes)
        for numbers in threads:
            self._thread(numbers, known)

    def _thread(self, numbers: list[int], known: Mapping[str, tuple[int, int]]) -> None:
        archive, report = self.archive, self.archive.report
        here = {number: known[archive.hash(number)] for number in numbers if archive.hash(number) in known}
        fresh = [number for number in numbers if number not in here]
        report.known += len(here)
        report.new += len(fresh)
        if not fresh:
            return
        if here:
            thread = Thread.objects.select_for_update(of=("self",)).get(pk=next(iter(here.values()))[1])
            rows = Post.objects.filter(thread=thread).only("thread", "path", "depth", "reply_count", "number")
            posts = {post.pk: post for post in rows}
        else:
            report.threads += 1
            thread, posts = self._open(numbers[0]), {}
        thread.space = self.batch.space
        places = {bytes(post.path): post for post in posts.values()}
        made = {number: posts[pk] for number, (pk, of_thread) in here.items() if of_thread == thread.pk}
        counts = {post.pk: post.reply_count for post in posts.values()}
        keys = bulk.reserve(len(fresh))
        for start in range(0, len(fresh), BATCH):
            part = fresh[start : start + BATCH]
            batch = [self._post(number, thread, keys[start + i], made, places) for i, number in enumerate(part)]
            self._flush(batch, part, counts)
        changed = [post for post in places.values() if post.reply_count != counts[post.pk]]
        Post.objects.bulk_update(changed, ["reply_count"], batch_size=BATCH)
        thread.save(update_fields=["last_number", "post_count", "last_post_at"])

    def _open(self, number: int) -> Thread:
        head = mail.head_of(self.archive.raw(number), now=self.archive.now)
        title = texts.title(head.subject) or _("Without a subject")
        at = self.archive.at(number)
        author = self._name(number)
        return Thread.objects.create(space=self.batch.space, title=title, author=author, opened_at=at, last_post_at=at)

    def _post(self, number: int, thread: Thread, key: int, made: dict[int, Post], places: dict[bytes, Post]) -> Post:
        archive = self.archive
        body = mail.body_of(archive.raw(number))
        for oddity in body.oddities:
            archive.report.note(oddity, archive.lines[number])
        thread.last_number += 1
        thread.post_count += 1
        written = write(body.text or _("(no text)"), note_prefix=f"k{key}", fold=_("Quoted text"))
        answered = archive.threads.parents[number]
        parent = made.get(answered) if answered != NOBODY else None
        if parent is None:
            parent = places.get(tree.ROOT)
        at = archive.at(number)
        post = Post(
            pk=key,
            thread=thread,
            parent_id=parent.pk if parent else None,
            author=self._name(number),
            number=thread.last_number,
            path=bulk.place(parent, places) if parent else tree.ROOT,
            depth=parent.depth + 1 if parent else 0,
            source=written.source,
            html=written.html,
            plain=written.plain,
            posted_at=at,
        )
        made[number] = places[bytes(post.path)] = post
        thread.last_post_at = max(thread.last_post_at, at)
        return post

    def _flush(self, posts: list[Post], numbers: list[int], counts: dict[int, int]) -> None:
        Post.objects.bulk_create(posts)
        ImportedMessage.objects.bulk_create(
            ImportedMessage(
                batch=self.batch, space=self.batch.space, message_hash=self.archive.hash(number), post=post
            )
            for number, post in zip(numbers, posts, strict=True)
        )
        posts_imported.send(Post, posts=posts)
        for post in posts:
            counts[post.pk] = post.reply_count
            post.source = post.html = post.plain = ""  # written; only its place is needed from here on

    def _name(self, number: int) -> Name:
        """A member's by the coordinator's table; else the same participant for the same address in this space."""
        author = self.archive.author_of[number]
        if author not in self.names:
            address = self.archive.authors[author]
            self.names[author] = self.authors.get(address) or _participant(self.batch.space, address)
        return self.names[author]


def _participant(space: Space, address: str) -> Name:
    hashed = keyed("address", f"{space.pk} {address}")
    found = ImportAuthor.objects.filter(space=space, address_hash=hashed).select_related("name").first()
    if found:
        return found.name
    number = (Name.objects.aggregate(last=Max("imported_number"))["last"] or 0) + 1
    at = datetime.now(UTC)
    name = Name.objects.create(
        display_name=f"Imported {number}", handle=f"imported-{number}", imported_number=number, retired_at=at
    )
    ImportAuthor.objects.create(space=space, address_hash=hashed, name=name)
    return name


@transaction.atomic
def take_back(*, batch: Import) -> int:
    """Removes the threads that hold nothing but what this import brought. Gives how many stay since somebody wrote in
    them afterwards: what members wrote goes with no import."""
    mine = Thread.objects.filter(posts__imported__batch=batch).distinct()
    written_in = Post.objects.exclude(imported__batch=batch).values("thread")
    gone = list(mine.exclude(pk__in=written_in).values_list("pk", flat=True))
    posts = Post.objects.filter(thread__in=gone)
    posts_withdrawn.send(Post, posts=list(posts.values_list("pk", flat=True)), threads=gone)
    stays = mine.count() - len(gone)
    ImportedMessage.objects.filter(post__in=posts).delete()
    Thread.objects.filter(pk__in=gone).delete()
    if not stays:
        batch.delete()
    return stays
