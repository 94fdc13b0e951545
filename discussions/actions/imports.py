"""look_through, bring, take_back: an archive of a mailing list becomes threads of a space (D15).

Run by whoever keeps the platform. Nobody is told, nothing is mailed; a second run of the same file adds nothing, so
one that broke off is simply run again.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from discussions import bulk, tree
from discussions.importing import mail, mbox
from discussions.importing import text as texts
from discussions.importing.packing import Files, Part, unpacked
from discussions.importing.threading import Mail, Threads, short
from discussions.models import Import, ImportAuthor, ImportedMessage, Post, Space, Thread
from discussions.models.importing import keyed
from discussions.signals import posts_imported, posts_withdrawn
from experts.models import Name
from swexpertise.writing import write

BATCH = 500
MOST_PLACES = 20
MOST_WRITERS = 2000
NUMBERING = 7340931  # the advisory lock under which imported participants get their number

# Told how far the work is: what is being done, how much of it is done, of how much.
Tell = Callable[[str, int, int], None]


@dataclass(slots=True)
class Report:
    """What is in the file and what became of it. `places` are the first lines in the file of each oddity; of
    several files, “file:line”."""

    messages: int = 0
    new: int = 0
    known: int = 0
    threads: int = 0
    authors: int = 0
    unmatched: int = 0
    oddities: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[int | str]] = field(default_factory=lambda: defaultdict(list))
    writers: list[tuple[str, int]] = field(default_factory=list)  # addresses, the busiest first

    def note(self, oddity: str, line: int | str) -> None:
        self.oddities[oddity] += 1
        if len(self.places[oddity]) < MOST_PLACES:
            self.places[oddity].append(line)

    def as_json(self) -> dict[str, Any]:
        numbers = {key: getattr(self, key) for key in ("messages", "new", "known", "threads", "authors", "unmatched")}
        return numbers | {"oddities": dict(self.oddities), "places": dict(self.places)}


class Archive:
    """Mboxes read once from end to end: their threads, by number, and where each mail stands."""

    def __init__(self, stream: BinaryIO, parts: Sequence[Part], *, now: datetime, tell: Tell) -> None:
        self.stream = stream
        self.parts = parts
        self.starts = [part.start for part in parts]
        self.now = now
        self.report = Report()
        self.threads = Threads()
        self._read(tell)
        self.threads.settle()

    def _read(self, tell: Tell) -> None:
        before = self.now
        for part in self.parts:
            self.stream.seek(part.start)
            last = 0
            try:
                for raw in mbox.messages(self.stream, end=part.end):
                    last = raw.line
                    before = self._add(raw, before)
                    tell(_("Reading"), raw.place, self.parts[-1].end)
            except mbox.NotAnMbox:
                self.report.note("no_mbox", part.name)
            if part.is_broken:
                self.report.note("packing_broken", self.spot(part.start, last))
        if not self.report.messages:
            raise ValidationError(_("This file is no mailing-list archive (mbox)."), code="not_an_mbox")

    def _add(self, raw: mbox.Raw, before: datetime) -> datetime:
        """The moment that counts for it: its own, or that of the mail before."""
        head = mail.head_of(raw, now=self.now)
        self.report.messages += 1
        spot = self.spot(raw.place, raw.line)
        moment = head.sent_at or before
        if key := self._key(head, spot):
            for oddity in head.oddities:
                self.report.note(oddity, spot)
            hashed = keyed("message", key)
            if not self.threads.add(head, key=key, keyed=hashed, place=raw.place, line=raw.line, moment=moment):
                self.report.note("loop", spot)
        return moment

    def spot(self, place: int, line: int) -> int | str:
        """Where to look for it: its line; of several files, which and the line in it."""
        return line if len(self.parts) == 1 else f"{self._part(place).name}:{line}"

    def _part(self, place: int) -> Part:
        return self.parts[bisect_right(self.starts, place) - 1]

    def _key(self, head: mail.Head, spot: int | str) -> str:
        """Its id; another one when an earlier mail with this id said something else; empty: the same mail again."""
        for key in (head.key, f"{head.key} {head.print}"):
            said = self.threads.said_under(key)
            if said is None:
                return key
            if said == short(head.print):
                self.report.note("same_message_twice", spot)
                return ""
            self.report.note("two_with_one_id", spot)
        return ""

    def count_authors(self, table: Mapping[str, Name]) -> None:
        for address in self.threads.addresses():
            self.report.authors += 1
            self.report.unmatched += address not in table

    def each(self, tell: Tell, label: str) -> Iterator[list[int]]:
        """Its threads, whole; tells how many mails are done once a thread is."""
        done = 0
        for thread in self.threads.in_order():
            yield thread
            done += len(thread)
            tell(label, done, len(self.threads))

    def raw(self, place: int) -> mbox.Raw:
        return mbox.message_at(self.stream, place, end=self._part(place).end)


@contextmanager
def opened(files: Files, *, now: datetime, tell: Tell) -> Iterator[Archive]:
    def unpacking(done: int, total: int) -> None:
        tell(_("Unpacking"), done, total)

    with unpacked(files, most=settings.IMPORT_MOST_BYTES, tell=unpacking) as (stream, parts):
        archive = Archive(stream, parts, now=now, tell=tell)
        try:
            yield archive
        finally:
            archive.threads.close()


def look_through(*, files: Files, space: Space, authors: Mapping[str, Name], now: datetime, tell: Tell) -> Report:
    """What `bring` would do, without doing it."""
    with opened(files, now=now, tell=tell) as archive:
        archive.count_authors(authors)
        report = archive.report
        report.writers = archive.threads.writers(MOST_WRITERS)
        for thread in archive.each(tell, _("Looking through")):
            hashes = [archive.threads.hash(number) for number in thread]
            known = ImportedMessage.objects.posts_of(space, hashes)
            report.known += len(known)
            report.new += len(thread) - len(known)
            report.threads += not known
            for number in thread:
                found = archive.threads.mail(number)
                for oddity in mail.body_of(archive.raw(found.place)).oddities:
                    report.note(oddity, archive.spot(found.place, found.line))
        return report


def bring(
    *,
    files: Files,
    space: Space,
    authors: Mapping[str, Name],
    now: datetime,
    tell: Tell,
    batch: Import | None = None,
) -> tuple[Import, Report]:
    """`files`: by name, plain or packed; answers find what they answer in any of them.

    `authors`: addresses, in lower case, to the names of members that a coordinator wrote down as theirs.

    `batch`: the import to go on with, when an earlier run of it broke off.
    """
    with opened(files, now=now, tell=tell) as archive, translation.override(space.language):
        archive.count_authors(authors)
        batch = batch or Import.objects.create(space=space, started_at=now)
        writer = _Writer(archive, batch, authors)
        held: list[list[int]] = []
        for thread in archive.each(tell, _("Bringing along")):
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


@dataclass(slots=True)
class _Placed:
    """A post of which only the place is still needed."""

    pk: int
    path: bytes
    depth: int
    reply_count: int


class _Writer:
    def __init__(self, archive: Archive, batch: Import, authors: Mapping[str, Name]) -> None:
        self.archive = archive
        self.batch = batch
        self.authors = authors

    @transaction.atomic
    def keep(self, threads: list[list[int]]) -> None:
        """Several threads in one transaction, whole ones only."""
        # Two imports at once queue up here; members who write in the space don't.
        Space.objects.select_for_update(no_key=True).get(pk=self.batch.space_id)
        hashes = [self.archive.threads.hash(number) for thread in threads for number in thread]
        known = ImportedMessage.objects.posts_of(self.batch.space, hashes)
        for numbers in threads:
            self._thread(numbers, known)

    def _thread(self, numbers: list[int], known: Mapping[str, tuple[int, int]]) -> None:
        archive, report = self.archive, self.archive.report
        here, fresh = {}, []
        for number in numbers:
            found = known.get(archive.threads.hash(number))
            if found is None:
                fresh.append(number)
            else:
                here[number] = found
        report.known += len(here)
        report.new += len(fresh)
        if not fresh:
            return
        if here:
            rows = Thread.objects.select_for_update(of=("self",), no_key=True)
            thread = rows.get(pk=next(iter(here.values()))[1])
        else:
            report.threads += 1
            thread = self._open(numbers[0])
        thread.space = self.batch.space
        places = _places(thread)
        counts = {place.pk: place.reply_count for place in places.values()}
        by_key = {place.pk: place for place in places.values()} if here else {}
        made = {number: by_key[pk] for number, (pk, of_thread) in here.items() if of_thread == thread.pk}
        keys = bulk.reserve(len(fresh))
        for start in range(0, len(fresh), BATCH):
            self._flush(fresh[start : start + BATCH], keys[start : start + BATCH], thread, made, places, counts)
        changed = [
            Post(pk=place.pk, reply_count=place.reply_count)
            for place in places.values()
            if place.reply_count != counts[place.pk]
        ]
        Post.objects.bulk_update(changed, ["reply_count"], batch_size=BATCH)
        thread.save(update_fields=["last_number", "post_count", "last_post_at"])

    def _open(self, number: int) -> Thread:
        found = self.archive.threads.mail(number)
        head = mail.head_of(self.archive.raw(found.place), now=self.archive.now)
        return Thread.objects.create(
            space=self.batch.space,
            title=texts.title(head.subject) or _("Without a subject"),
            author=self._names([found])[found.address],
            opened_at=found.at,
            last_post_at=found.at,
        )

    def _flush(
        self,
        numbers: Sequence[int],
        keys: Sequence[int],
        thread: Thread,
        made: dict[int, _Placed],
        places: dict[bytes, _Placed],
        counts: dict[int, int],
    ) -> None:
        mails = [self.archive.threads.mail(number) for number in numbers]
        names = self._names(mails)
        posts = []
        for found, key in zip(mails, keys, strict=True):
            post = self._post(found, key, thread, names[found.address], made, places)
            path = bytes(post.path)
            made[found.number] = places[path] = _Placed(key, path, post.depth, 0)
            posts.append(post)
        for post in posts:
            post.reply_count = counts[post.pk] = places[bytes(post.path)].reply_count
        Post.objects.bulk_create(posts)
        ImportedMessage.objects.bulk_create(
            ImportedMessage(batch=self.batch, space=self.batch.space, message_hash=found.hash, post=post)
            for found, post in zip(mails, posts, strict=True)
        )
        posts_imported.send(Post, posts=posts)

    def _post(
        self, found: Mail, key: int, thread: Thread, name: Name, made: dict[int, _Placed], places: dict[bytes, _Placed]
    ) -> Post:
        body = mail.body_of(self.archive.raw(found.place))
        for oddity in body.oddities:
            self.archive.report.note(oddity, self.archive.spot(found.place, found.line))
        thread.last_number += 1
        thread.post_count += 1
        thread.last_post_at = max(thread.last_post_at, found.at)
        written = write(body.text or _("(no text)"), note_prefix=f"k{key}", fold=_("Quoted text"))
        parent = made.get(found.answers) if found.answers is not None else None
        if parent is None:
            parent = places.get(tree.ROOT)
        return Post(
            pk=key,
            thread=thread,
            parent_id=parent.pk if parent else None,
            author=name,
            number=thread.last_number,
            path=bulk.place(parent, places) if parent else tree.ROOT,
            depth=parent.depth + 1 if parent else 0,
            source=written.source,
            html=written.html,
            plain=written.plain,
            posted_at=found.at,
        )

    def _names(self, mails: Sequence[Mail]) -> dict[str, Name]:
        """By address a member's name by the coordinator's table; else the same participant for the same address in
        this space."""
        addresses = {found.address for found in mails}
        names = {address: self.authors[address] for address in addresses if address in self.authors}
        return names | _participants(self.batch.space, sorted(addresses - names.keys()))


def _places(thread: Thread) -> dict[bytes, _Placed]:
    rows = Post.objects.filter(thread=thread).values_list("pk", "path", "depth", "reply_count")
    return {bytes(path): _Placed(pk, bytes(path), depth, count) for pk, path, depth, count in rows.iterator()}


def _participants(space: Space, addresses: Sequence[str]) -> dict[str, Name]:
    """Statements don't grow with the addresses."""
    if not addresses:
        return {}
    hashes = {keyed("address", f"{space.pk} {address}"): address for address in addresses}
    rows = ImportAuthor.objects.filter(space=space, address_hash__in=list(hashes)).select_related("name")
    names = {hashes[row.address_hash]: row.name for row in rows}
    unknown = {hashed: address for hashed, address in hashes.items() if address not in names}
    if not unknown:
        return names
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])
    last = Name.objects.aggregate(last=Max("imported_number"))["last"] or 0
    at = datetime.now(UTC)
    # Numbered in no order that the addresses have.
    made = Name.objects.bulk_create(
        Name(display_name=f"Imported {number}", handle=f"imported-{number}", imported_number=number, retired_at=at)
        for number in range(last + 1, last + 1 + len(unknown))
    )
    authors = [
        ImportAuthor(space=space, address_hash=hashed, name=name)
        for hashed, name in zip(sorted(unknown), made, strict=True)
    ]
    ImportAuthor.objects.bulk_create(authors)
    return names | {unknown[author.address_hash]: author.name for author in authors}


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
