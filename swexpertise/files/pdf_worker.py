"""Cleans the PDF on standard input to standard output. A process of its own; see swexpertise/files/pdfs.py.

Goes: document information, XMP, page-piece data, embedded files, scripts and actions, forms and comments (what they
show is drawn into the page), metadata inside JPEG and JPEG 2000 images, earlier versions of the file. Stays: pages,
outline, structure for screen readers, links within the document and to http, https and mailto.
"""

import io
import resource
import sys
from typing import Any

import pikepdf

from swexpertise.files.pdf_limits import CPU_SECONDS, LOCKED, MEMORY, MOST_PAGES, TOO_LONG

FROM_CATALOG = ("/OpenAction", "/AA", "/AcroForm", "/Collection", "/Perms", "/DSS", "/Legal", "/Requirements")
EVERYWHERE = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/AF", "/SpiderInfo", "/Thumb", "/JS", "/EF")
NAMES = ("/EmbeddedFiles", "/JavaScript", "/AlternatePresentations", "/Renditions")
SCHEMES = ("http://", "https://", "mailto:")
# JPEG: application segments without colour (APP1 Exif and XMP, APP13 IPTC, maker notes …) and comments (ITU-T T.81).
KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}  # JFIF, colour profile, Adobe's colour transform


def clean(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if len(pdf.pages) > MOST_PAGES:
            raise SystemExit(TOO_LONG)
        _draw_forms_and_comments(pdf)
        _drop(pdf.Root, FROM_CATALOG)
        _drop(pdf.Root.get("/Names", pikepdf.Dictionary()), NAMES)
        _drop(pdf.trailer, ("/Info",))
        for page in pdf.pages:
            _only_links(page)
        for thing in pdf.objects:
            if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
                _clean_object(thing)
        out = io.BytesIO()
        pdf.remove_unreferenced_resources()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


def _drop(thing: pikepdf.Object, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in thing:
            del thing[key]


def _draw_forms_and_comments(pdf: pikepdf.Pdf) -> None:
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")


def _only_links(page: pikepdf.Page) -> None:
    annotations = page.obj.get("/Annots")
    if annotations is None:
        return
    kept = [one for one in annotations if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == "/Link"]
    for link in kept:
        _drop(link, ("/Contents", "/T", "/NM", "/M", "/Subj", "/RC", "/PA"))
    page.obj["/Annots"] = pikepdf.Array(kept)


def _clean_object(thing: pikepdf.Object) -> None:
    _drop(thing, EVERYWHERE)
    action = thing.get("/A")
    if isinstance(action, pikepdf.Dictionary) and "/S" in action:
        if not _is_harmless(action):
            del thing["/A"]
        else:
            _drop(action, ("/Next",))
    if isinstance(thing, pikepdf.Stream):
        _clean_image(thing)


def _is_harmless(action: pikepdf.Object) -> bool:
    if action.get("/S") == "/GoTo":
        return True
    return action.get("/S") == "/URI" and str(action.get("/URI", "")).lower().startswith(SCHEMES)


def _clean_image(stream: Any) -> None:
    kind = stream.get("/Filter")
    if isinstance(kind, pikepdf.Array) and len(kind) == 1:
        kind = kind[0]
    if kind == "/DCTDecode":
        stream.write(bare_jpeg(stream.read_raw_bytes()), filter=kind, decode_parms=stream.get("/DecodeParms"))
    elif kind == "/JPXDecode":
        stream.write(bare_jpeg_2000(stream.read_raw_bytes()), filter=kind, decode_parms=stream.get("/DecodeParms"))


def bare_jpeg(data: bytes) -> bytes:
    """Without the segments that tell of the picture instead of showing it."""
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xDA:  # from here on pixels, up to where the picture ends
            end = data.rfind(b"\xff\xd9")
            return b"".join([*kept, data[at : end + 2 if end > at else len(data)]])
        size = 2 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        is_telling = (0xE0 <= marker <= 0xEF and marker not in KEPT_SEGMENTS) or marker == 0xFE
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if not is_telling:
            kept.append(data[at : at + size])
        at += size
    return data


def bare_jpeg_2000(data: bytes) -> bytes:
    """Without its XML and UUID boxes (ISO/IEC 15444-1, Annex I)."""
    if data[4:8] != b"jP  ":
        return data
    kept, at = [], 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size == 0 or at + size > len(data):
            size = len(data) - at
        if size < 8:
            return data
        if kind not in (b"xml ", b"uuid", b"uinf"):
            kept.append(data[at : at + size])
        at += size
    return b"".join(kept)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        cleaned = clean(sys.stdin.buffer.read())
    except pikepdf.PasswordError:
        raise SystemExit(LOCKED) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, MemoryError, RecursionError):
        raise SystemExit(1) from None
    sys.stdout.buffer.write(cleaned)
