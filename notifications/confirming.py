"""The key in the link that confirms an address: signed, for one member and the address it was mailed to."""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from accounts.models import User
from notifications.models.inbound import hash_of

LIFE = timedelta(days=3)
SALT = "notifications.confirm"


def key_for(user: User) -> str:
    return TimestampSigner(salt=SALT).sign(_value(user))


def is_key_of(user: User, key: str) -> bool:
    """Whether it was mailed to this member at the address they have now, in the last three days."""
    try:
        return TimestampSigner(salt=SALT).unsign(key, max_age=LIFE) == _value(user)
    except BadSignature:
        return False


def _value(user: User) -> str:
    return f"{user.pk}-{hash_of(user.email)[:32]}"
