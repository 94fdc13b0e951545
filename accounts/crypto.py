"""Encryption of small secrets that must be read back (second-factor seeds), with Fernet keys from the environment."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
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
