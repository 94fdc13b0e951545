"""Encryption of what must be read back (second-factor seeds, a text on its way through sign-in), with Fernet keys from
the environment."""

import base64
import hashlib
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _box() -> MultiFernet:
    """The first key encrypts, all decrypt, so that a key can be turned over. Without keys, SECRET_KEY yields one."""
    keys = getattr(settings, "FIELD_KEYS", []) or [
        base64.urlsafe_b64encode(hashlib.sha256(b"fields:" + settings.SECRET_KEY.encode()).digest()).decode()
    ]
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises cryptography.fernet.InvalidToken when no key fits."""
    return _box().decrypt(token.encode()).decode()


class Unreadable(Exception):
    """No key fits, somebody changed it, or its time is over."""


def seal(data: bytes) -> str:
    """Holds the moment it was made, see `open_sealed`."""
    return _box().encrypt(data).decode()


def open_sealed(sealed: str, *, within: timedelta) -> bytes:
    """What was sealed no longer ago than `within`; else Unreadable."""
    try:
        return _box().decrypt(sealed.encode(), ttl=int(within.total_seconds()))
    except InvalidToken as refusal:
        raise Unreadable from refusal
