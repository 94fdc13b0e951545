"""Which mail answers which (after Jamie Zawinski's idea): by References, In-Reply-To and, failing those, the subject.

Missing mails are places without a mail: those that answer one missing mail stay together. A link that would close a
loop is left out. What is known of the mails stands in an SQLite file without a name, so that memory doesn't grow with
the archive, and nothing is left behind, however the process ends: SQLite takes the name away as it opens the file.
A temporary table of PostgreSQL does the same twenty times slower (docs/adr/0031).
"""

import hashlib
import heapq
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from discussions.importing.mail import Head

SUBJECT_DAYS = 60
MEMORY = 2000  # KiB of the index that SQLite may hold in memory

TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -%d;
CREATE TABLE nodes (id INTEGER PRIMARY KEY, above INTEGER, mail INTEGER, has_below INTEGER NOT NULL DEFAULT 0);
CREATE TABLE writers (number INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, mails INTEGER NOT NULL);
CREATE TABLE mails (
    number INTEGER PRIMARY KEY, node INTEGER NOT NULL, place INTEGER NOT NULL, line INTEGER NOT NULL,
    moment REAL NOT NULL, hash BLOB NOT NULL, said INTEGER NOT NULL, writer INTEGER NOT NULL,
    subject INTEGER, is_reply INTEGER NOT NULL
);
CREATE INDEX mails_by_subject ON mails (subject, is_reply, moment, number) WHERE subject IS NOT NULL;
CREATE TABLE answers (number INTEGER PRIMARY KEY, above INTEGER NOT NULL);
CREATE TABLE orphans (number INTEGER PRIMARY KEY, top INTEGER NOT NULL, moment REAL NOT NULL);
BEGIN;
"""
LEADS_TO = """
WITH RECURSIVE up (id) AS (
    VALUES (:start) UNION ALL SELECT nodes.above FROM up JOIN nodes USING (id) WHERE nodes.above IS NOT NULL
) SELECT 1 FROM up WHERE id = :goal LIMIT 1
"""
KEEP_ORPHANS_TOGETHER = """
INSERT INTO answers SELECT number, first FROM (
    SELECT number, first_value(number) OVER (PARTITION BY top ORDER BY moment, number) AS first FROM orphans
) WHERE number <> first
"""
BY_SUBJECT = """
INSERT INTO answers SELECT reply.number, first.number FROM mails AS reply JOIN mails AS first ON first.number = (
    SELECT number FROM mails WHERE subject = reply.subject AND is_reply = 0 AND moment <= reply.moment
    ORDER BY moment DESC, number DESC LIMIT 1
)
WHERE reply.is_reply AND reply.subject IS NOT NULL AND reply.moment - first.moment <= ?
    AND reply.number NOT IN (SELECT number FROM answers) AND first.number NOT IN (SELECT number FROM answers)
"""
ROOTS = "SELECT number, moment FROM mails WHERE number NOT IN (SELECT number FROM answers) ORDER BY moment, number"
MAIL = """
SELECT place, line, moment, lower(hex(hash)), address, answers.above
FROM mails JOIN writers ON writers.number = mails.writer LEFT JOIN answers USING (number) WHERE mails.number = ?
"""


def short(text: str) -> int:
    """Eight bytes of a hash: enough to tell some million ids apart, and small."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)


@dataclass(frozen=True, slots=True)
class Mail:
    """`hash` stands for its id in our tables; `answers` is the number of the mail it answers, None when it opens."""

    number: int
    place: int
    line: int
    at: datetime
    hash: str
    address: str
    answers: int | None


class Threads:
    """`add` every mail once, in the order of the file; then `settle`, then read `in_order` and `mail`."""

    def __init__(self) -> None:
        self.db = sqlite3.Connection("", isolation_level=None)
        self.db.executescript(TABLES % MEMORY)
        self.count = 0

    def close(self) -> None:
        self.db.close()

    def __len__(self) -> int:
        return self.count

    def said_under(self, key: str) -> int | None:
        """What the mail with this key said, as `short` of its print; None: no mail had it yet."""
        found = self.db.execute(
            "SELECT said FROM nodes JOIN mails ON mails.number = nodes.mail WHERE id = ?", (short(key),)
        ).fetchone()
        return found[0] if found else None

    def add(self, head: Head, *, key: str, keyed: str, place: int, line: int, moment: datetime) -> bool:
        """False: a link of it would have closed a loop and was left out."""
        number, node = self.count, self._node(key)
        self.count += 1
        chain = [self._node(other) for other in head.above]
        subject = short(head.subject.casefold()) if head.subject and not chain else None
        self.db.execute(
            "INSERT INTO mails VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                node,
                place,
                line,
                moment.timestamp(),
                bytes.fromhex(keyed),
                short(head.print),
                self._writer(head.address),
                subject,
                head.is_reply,
            ),
        )
        self.db.execute("UPDATE nodes SET mail = ? WHERE id = ?", (number, node))
        is_whole = not chain or self._link(node, chain[0], anew=True)
        for below, above in pairwise(chain):
            self._link(below, above)
        return is_whole

    def _node(self, key: str) -> int:
        node = short(key)
        self.db.execute("INSERT OR IGNORE INTO nodes (id) VALUES (?)", (node,))
        return node

    def _writer(self, address: str) -> int:
        [(number,)] = self.db.execute(
            "INSERT INTO writers (address, mails) VALUES (?, 1) "
            "ON CONFLICT (address) DO UPDATE SET mails = mails + 1 RETURNING number",
            (address,),
        )
        return int(number)

    def _link(self, below: int, above: int, *, anew: bool = False) -> bool:
        """`anew`: what a mail says of itself counts above what others said of it. A loop can close only over a node
        that has something below it, so most mails cost no walk."""
        [(stands, has_below)] = self.db.execute("SELECT above, has_below FROM nodes WHERE id = ?", (below,))
        if stands is not None and not anew:
            return True
        if below == above or (has_below and self._leads_to(above, below)):
            return False
        self.db.execute("UPDATE nodes SET above = ? WHERE id = ?", (above, below))
        self.db.execute("UPDATE nodes SET has_below = 1 WHERE id = ?", (above,))
        return True

    def _leads_to(self, start: int, goal: int) -> bool:
        return self.db.execute(LEADS_TO, {"start": start, "goal": goal}).fetchone() is not None

    def settle(self) -> None:
        """Finds of each mail the one it answers."""
        for number, moment, top in self.db.execute(
            "SELECT number, moment, above FROM mails JOIN nodes ON nodes.id = mails.node WHERE above IS NOT NULL"
        ):
            at, found = top, None
            while at is not None and found is None:
                top = at
                [(found, at)] = self.db.execute("SELECT mail, above FROM nodes WHERE id = ?", (at,))
            if found is None:
                self.db.execute("INSERT INTO orphans VALUES (?, ?, ?)", (number, top, moment))
            else:
                self.db.execute("INSERT INTO answers VALUES (?, ?)", (number, found))
        self.db.execute(KEEP_ORPHANS_TOGETHER)
        self.db.execute(BY_SUBJECT, (SUBJECT_DAYS * 86400,))
        self.db.execute("CREATE INDEX answers_by_above ON answers (above)")

    def in_order(self) -> Iterator[list[int]]:
        """Thread by thread, the oldest first; in each an answer after what it answers, else by date."""
        for root, began in self.db.execute(ROOTS):
            waiting, thread = [(began, root)], []
            while waiting:
                _moment, number = heapq.heappop(waiting)
                thread.append(number)
                for answer in self.db.execute(
                    "SELECT moment, number FROM answers JOIN mails USING (number) WHERE answers.above = ?", (number,)
                ):
                    heapq.heappush(waiting, answer)
            yield thread

    def mail(self, number: int) -> Mail:
        [(place, line, moment, hashed, address, answers)] = self.db.execute(MAIL, (number,))
        return Mail(number, place, line, datetime.fromtimestamp(moment, UTC), hashed, address, answers)

    def hash(self, number: int) -> str:
        [(hashed,)] = self.db.execute("SELECT lower(hex(hash)) FROM mails WHERE number = ?", (number,))
        return str(hashed)

    def writers(self, most: int) -> list[tuple[str, int]]:
        """Addresses and how many mails each wrote, the busiest first."""
        busiest = "SELECT address, mails FROM writers ORDER BY mails DESC, number LIMIT ?"
        return self.db.execute(busiest, (most,)).fetchall()

    def addresses(self) -> Iterator[str]:
        for (address,) in self.db.execute("SELECT address FROM writers"):
            yield address
