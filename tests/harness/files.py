"""Files that tell on their makers: each holds words with "anarie" in every place where programs leave them."""

from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

Name, Dictionary = pikepdf.Name, pikepdf.Dictionary


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """With a place, a camera, a comment, and XMP in it."""
    image = Image.new("RGB", size, "#a33")
    exif = Image.Exif()
    exif[0x010F] = "Kanariecamera"
    exif[0x8825] = {1: "N", 2: (52.0, 22.0, 0.0)}
    stream = BytesIO()
    more: dict[str, Any] = {"comment": b"Kanariecommentaar"} if kind in ("JPEG", "GIF") else {}
    if kind == "PNG":
        notes = PngInfo()
        notes.add_text("Author", "Kanariemaker")
        more["pnginfo"] = notes
    if kind in ("JPEG", "WEBP"):
        more["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Kanariexmp</x:xmpmeta>"
    image.save(stream, kind, **({"exif": exif} if kind != "GIF" else {}), **more)
    return stream.getvalue()


def pdf(words: str = "Wat er staat", *, pages: int = 1, password: str = "") -> bytes:
    """A PDF with an author, XMP, a script, an attachment, comments, links, and a photo that tells."""
    made = pikepdf.new()
    for _number in range(pages):
        made.add_blank_page(page_size=(300, 200))
    page = made.pages[0]
    picture = pikepdf.Stream(made, photo())
    picture.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=60, Height=40, ColorSpace=Name.DeviceRGB, BitsPerComponent=8,
        Filter=Name.DCTDecode, Metadata=pikepdf.Stream(made, b"Kanariebeeldxmp"),
    )  # fmt: skip
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.obj.Resources = Dictionary(XObject=Dictionary(Im0=picture), Font=Dictionary(F0=font))
    page.contents_add(f"q 60 0 0 40 10 10 cm /Im0 Do Q BT /F0 12 Tf 10 150 Td ({words}) Tj ET".encode())
    page.obj.PieceInfo = Dictionary(Kanarie=Dictionary(Private="Kanarieprogramma"))
    page.obj.Annots = pikepdf.Array([made.make_indirect(_note(**more)) for more in NOTES])
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert('Kanariescript')")
    made.attachments["Kanariebijlage.txt"] = b"Kanariebijlage"
    with made.open_metadata() as metadata:
        metadata["dc:creator"] = ["Kanariemaker"]
    made.docinfo["/Author"] = "Kanarieauteur"
    out = BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password) if password else False
    made.save(out, encryption=lock)
    return out.getvalue()


NOTES: list[dict[str, Any]] = [
    {"Subtype": Name.Text, "T": "Kanarielezer", "Contents": "Kanarienoot"},
    {"Subtype": Name.Link, "A": Dictionary(S=Name.URI, URI="https://ok.invalid/"), "Contents": "Kanarielink"},
    {"Subtype": Name.Link, "A": Dictionary(S=Name.Launch, F="Kanarieopdracht")},
    {"Subtype": Name.Link, "A": Dictionary(S=Name.URI, URI="javascript:Kanarie()")},
]


def _note(**more: Any) -> pikepdf.Object:
    return Dictionary(Type=Name.Annot, Rect=[0, 0, 10, 10], **more)


def plain(data: bytes) -> bytes:
    """All that a PDF holds, unpacked, so that a word in it can be found."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as opened:
        opened.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return data + out.getvalue()
