"""What is heard from accounts, inside the transaction of what happened."""

from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.signals import member_erased
from experts.actions import leaving


def on_member_erased(*, user: User, at: datetime, **_: Any) -> None:
    leaving.part(user=user, at=at)


def listen() -> None:
    member_erased.connect(on_member_erased, dispatch_uid="experts.member_erased")
