"""Archives as they come, one or many, plain or packed (.gz, .zip): one stream in which every place can be read again.

One plain file is read where it lies. All else is unpacked, as a stream, into one temporary file without a name, which
goes with the process, however that ends. A packed file can hold a thousand times what it weighs: unpacking stops at a
size, and earlier where no archive of mail packs so well.
"""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import SEEK_END
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from discussions.importing import mbox

GZIP, ZIP = b"\x1f\x8b", b"PK"
PIECE = 256 * 1024
MOST_TIMES = 200  # the best that twenty years of one list were packed is about twelve
UNSUSPECTED = 32 << 20  # bytes that may come out of however little
MOST_FILES = 5000

Files = Sequence[tuple[str, BinaryIO]]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an archive: from where to where in the stream. `is_broken`: what was packed breaks off."""

    name: str
    start: int
    end: int
    is_broken: bool = False


def holds_mail(name: str, stream: BinaryIO) -> bool:
    """Whether it begins as an archive does, or one file in it; only beginnings are read. ValidationError: locked."""
    stream.seek(0)
    try:
        return any(mbox.is_begun(source.read(mbox.BEGINNING)) for _name, source in _inside(name, stream))
    except (EOFError, OSError, zlib.error):
        return False
    finally:
        stream.seek(0)


@contextmanager
def unpacked(files: Files, *, most: int, tell: Callable[[int, int], None]) -> Iterator[tuple[BinaryIO, list[Part]]]:
    """ValidationError, in words: more than `most` bytes come out, far too much for what went in, or it is locked."""
    if len(files) == 1 and not _is_packed(files[0][1]):
        [(name, stream)] = files
        yield stream, [Part(name, 0, _size(stream))]
        return
    with TemporaryFile() as spool:
        whole, done, parts = sum(_size(stream) for _name, stream in files), 0, []
        for name, stream in files:
            size, before = _size(stream), spool.tell()
            for inner, source in _inside(name, stream):
                start, is_broken = spool.tell(), False
                for piece in _pieces(source):
                    if piece is None:
                        is_broken = True
                        break
                    spool.write(piece)
                    _hold(spool.tell(), spool.tell() - before, size, most)
                    tell(done + min(size, stream.tell()), whole)
                parts.append(Part(inner, start, spool.tell(), is_broken))
            done += size
        yield cast(BinaryIO, spool), parts


def _hold(all_out: int, out: int, size: int, most: int) -> None:
    if all_out > most:
        raise ValidationError(
            _("Unpacked this is larger than %(most)s. Divide it, or ask your administrator."),
            code="too_large",
            params={"most": filesizeformat(most)},
        )
    if out > UNSUSPECTED and out > MOST_TIMES * size:
        raise ValidationError(
            _("This packed file would become more than %(times)d times as large: no archive of mail does."),
            code="bomb",
            params={"times": MOST_TIMES},
        )


def _pieces(source: IO[bytes]) -> Iterator[bytes | None]:
    """Until its end; None where it can't be read any further."""
    read = getattr(source, "read1", source.read)  # of a broken file the last whole piece comes out with read1 only
    try:
        while piece := read(PIECE):
            yield piece
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error):
        yield None


def _inside(name: str, stream: BinaryIO) -> Iterator[tuple[str, IO[bytes]]]:
    """The files in it by name; a plain one is itself the only one."""
    stream.seek(0)
    mark = stream.read(2)
    stream.seek(0)
    if mark == GZIP:
        yield name, cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    elif mark == ZIP:
        yield from _zipped(stream)
    else:
        yield name, stream


def _zipped(stream: BinaryIO) -> Iterator[tuple[str, IO[bytes]]]:
    try:
        packed = zipfile.ZipFile(stream)
    except zipfile.BadZipFile:
        raise ValidationError(_("This .zip can't be read. Is it whole?"), code="not_an_mbox") from None
    with packed:
        for info in packed.infolist()[:MOST_FILES]:
            if info.is_dir() or "__MACOSX" in info.filename:
                continue
            if info.flag_bits & 1:
                raise ValidationError(
                    _("This .zip is locked with a password. Unpack it, and choose the file inside."), code="locked"
                )
            try:
                with packed.open(info) as file:
                    begins = cast(zipfile.ZipExtFile, file).peek(2)[:2]
                    inner = gzip.GzipFile(fileobj=file) if begins == GZIP else file
                    yield PurePosixPath(info.filename).name, cast(IO[bytes], inner)
            except NotImplementedError:
                raise ValidationError(
                    _("This .zip is packed in a way that we can't read. Unpack it, and choose the file inside."),
                    code="not_an_mbox",
                ) from None


def _is_packed(stream: BinaryIO) -> bool:
    stream.seek(0)
    is_packed = stream.read(2) in (GZIP, ZIP)
    stream.seek(0)
    return is_packed


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    return size
