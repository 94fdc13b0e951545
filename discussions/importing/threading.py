"""Which mail answers which (after Jamie Zawinski's idea): by References, In-Reply-To and, failing those, the subject.

Missing mails are places without a mail: those that answer one missing mail stay together. A link that would close a
loop is left out. Numbers only are kept, a few dozen bytes a mail; nothing here recurses.
"""

import hashlib
import heapq
from array import array
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from discussions.importing.mail import Head

NOBODY = -1
SUBJECT_DAYS = 60


def short(text: str) -> int:
    """Eight bytes of a hash: enough to tell some million ids apart, and small."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


class Threads:
    """`add` every mail once, in the order of the file; then `settle`, then read `parent` or `in_order`."""

    def __init__(self) -> None:
        self.nodes: dict[int, int] = {}
        self.above = array("q")
        self.mail = array("q")
        self.places = array("q")
        self.moments = array("d")
        self.node = array("q")
        self.parents = array("q")
        self.loops = 0
        self.by_subject = 0
        self._replies: dict[int, int] = {}
        self._subjects: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.places)

    def add(self, head: Head, *, key: str, place: int, moment: datetime) -> bool:
        """False: a link of it would have closed a loop and was left out."""
        number = len(self.places)
        node = self._node(key)
        self.places.append(place)
        self.moments.append(moment.timestamp())
        self.node.append(node)
        self.mail[node] = number
        chain = [self._node(other) for other in head.above]
        is_whole = not chain or self._link(node, chain[0], anew=True)
        for below, above in pairwise(chain):
            self._link(below, above)
        if not chain and head.subject:
            subject = short(head.subject.casefold())
            if head.is_reply:
                self._replies[number] = subject
            else:
                self._subjects.setdefault(subject, number)
        self.loops += not is_whole
        return is_whole

    def _node(self, key: str) -> int:
        found = self.nodes.setdefault(short(key), len(self.above))
        if found == len(self.above):
            self.above.append(NOBODY)
            self.mail.append(NOBODY)
        return found

    def _link(self, below: int, above: int, *, anew: bool = False) -> bool:
        """`anew`: what a mail says of itself counts above what others said of it."""
        if self.above[below] != NOBODY and not anew:
            return True
        at = above
        while at != NOBODY:
            if at == below:
                return False
            at = self.above[at]
        self.above[below] = above
        return True

    def settle(self) -> None:
        """Fills `parents`: of each mail the number of the one it answers, or NOBODY."""
        firsts: dict[int, int] = {}
        self.parents = array("q", [NOBODY]) * len(self)
        orphans: list[tuple[int, int]] = []
        for number in range(len(self)):
            at = top = self.above[self.node[number]]
            while at != NOBODY and self.mail[at] == NOBODY:
                top, at = at, self.above[at]
            if at != NOBODY:
                self.parents[number] = self.mail[at]
            elif top != NOBODY:
                orphans.append((number, top))
                best = firsts.get(top, number)
                firsts[top] = min(best, number, key=lambda one: (self.moments[one], one))
        for number, top in orphans:
            if firsts[top] != number:
                self.parents[number] = firsts[top]
        for number, subject in self._replies.items():
            first = self._subjects.get(subject, NOBODY)
            if first == NOBODY or self.parents[first] != NOBODY or self.parents[number] != NOBODY:
                continue
            if 0 <= self.moments[number] - self.moments[first] <= SUBJECT_DAYS * 86400:
                self.parents[number] = first
                self.by_subject += 1

    def in_order(self) -> Iterator[list[int]]:
        """Thread by thread, the oldest first; in each an answer after what it answers, else by date."""
        below: dict[int, list[int]] = {}
        roots = []
        for number, parent in enumerate(self.parents):
            if parent == NOBODY:
                roots.append(number)
            else:
                below.setdefault(parent, []).append(number)
        for root in sorted(roots, key=lambda one: (self.moments[one], one)):
            waiting, thread = [(self.moments[root], root)], []
            while waiting:
                _moment, number = heapq.heappop(waiting)
                thread.append(number)
                for answer in below.pop(number, ()):
                    heapq.heappush(waiting, (self.moments[answer], answer))
            yield thread
