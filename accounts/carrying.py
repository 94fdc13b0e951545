"""A text on its way through sign-in: encrypted in a hidden field, so that nothing of it stays on the server (D4).

Whoever holds the field can have the text read to them for one hour, and nobody else: it is kept in no session, so it
can't end up with whoever signs in next.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest

from accounts.crypto import Unreadable, open_sealed, seal
from swexpertise.safety.texts import fields_of

LIFETIME = timedelta(hours=1)
LARGEST = 2_500_000  # characters of the field; together with the sign-in form it must pass as one POST
_MARK = b"carried text\n"  # so that nothing else that we encrypt can be passed off as a text


@dataclass(frozen=True, slots=True)
class Carried:
    address: str
    fields: list[tuple[str, str]]
    files: bool


def pack(request: HttpRequest) -> str:
    """What was sent to this address, as the value of the hidden field; empty when it is too large to go along."""
    told = {"address": request.get_full_path(), "fields": fields_of(request), "files": bool(request.FILES)}
    sealed = seal(_MARK + zlib.compress(json.dumps(told).encode()))
    return sealed if len(sealed) <= LARGEST else ""


def unpack(field: str) -> Carried | None:
    """None when it is older than an hour, or not ours."""
    try:
        opened = open_sealed(field, within=LIFETIME)
    except Unreadable:
        return None
    if not opened.startswith(_MARK):
        return None
    told = json.loads(zlib.decompress(opened.removeprefix(_MARK)))
    return Carried(told["address"], [(key, value) for key, value in told["fields"]], told["files"])
