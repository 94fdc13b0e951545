"""A post's place in its tree as a sortable key, made once at insert and never renumbered.

The key (`Post.path`) is the row of segments from the opening post (the empty key) down; a segment is the ordinal of
a child under its parent. A segment's first byte tells its length, so no segment begins another, and keys compared
byte by byte are in the order of the tree read from top to bottom: a post, then all that stands under it, then its next
sibling. PostgreSQL compares `bytea` in just that way, so order comes from the index, and all that stands under a post
is one range.

A key holds at most 2,000 bytes (an index row of PostgreSQL ends at 2,704). A reply to a post whose key is full is
placed as the last child of the deepest ancestor that has room: the conversation goes on at that level, in order,
while `parent` and `depth` keep the truth.
"""

from collections.abc import Iterator

LONGEST = 2000
ROOT = b""
# First ordinal of each length, and the mark in the first byte that says the length.
_LENGTHS = ((0x80, 0x00), (0x4000, 0x80), (0x20_0000, 0xC0), (0x1000_0000, 0xE0))


def segment(ordinal: int) -> bytes:
    """`ordinal` (from 0) in one to four bytes, order kept: 128 children take one byte, the next 16,384 two."""
    if ordinal < 0:
        raise ValueError("An ordinal begins at 0.")
    rest = ordinal
    for length, (size, mark) in enumerate(_LENGTHS, start=1):
        if rest < size:
            return (rest | mark << 8 * (length - 1)).to_bytes(length, "big")
        rest -= size
    raise OverflowError("More children than a place can number.")


def child(path: bytes, ordinal: int) -> bytes:
    return path + segment(ordinal)


def fits(path: bytes) -> bool:
    return len(path) <= LONGEST


def segments(path: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(path):
        first = path[at]
        length = 1 if first < 0x80 else 2 if first < 0xC0 else 3 if first < 0xE0 else 4
        yield path[at : at + length]
        at += length


def ancestors(path: bytes) -> list[bytes]:
    """The keys above `path`, the nearest first; of the opening post none."""
    above, keys = ROOT, []
    for part in segments(path):
        keys.append(above)
        above += part
    return keys[::-1]


def after(path: bytes) -> bytes | None:
    """The least key beyond everything under `path`; None when there is none (the whole tree)."""
    trimmed = path.rstrip(b"\xff")
    return trimmed[:-1] + bytes([trimmed[-1] + 1]) if trimmed else None
