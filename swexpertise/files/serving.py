"""How a file that somebody handed in leaves: kept by no shared cache, read as nothing but what it is, and able to
do nothing (S5)."""

from typing import Any

from django.http import FileResponse

TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp", "pdf": "application/pdf"}


def served(file: Any, *, filename: str, as_attachment: bool = False) -> FileResponse:
    """`file` is a FieldFile; its type follows from its ending, which we gave it. Whether the reader may have it was
    asked before; tomorrow the answer may be another, so it isn't kept for long."""
    kind = TYPES[file.name.rpartition(".")[2]]
    response = FileResponse(file.open("rb"), as_attachment=as_attachment, filename=filename, content_type=kind)
    response["Cache-Control"] = "private, max-age=300"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
