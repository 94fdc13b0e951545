"""What is heard from accounts and experts, inside the transaction of what happened."""

from typing import Any

from accounts.models import User
from accounts.signals import member_erased
from discussions.actions import erasing
from experts.models import Name
from experts.signals import name_lapsed


def on_member_erased(*, user: User, **_: Any) -> None:
    erasing.take_files_away(user)


def on_name_lapsed(*, name: Name, nobody: Name, **_: Any) -> None:
    erasing.hand_over(name, nobody)


def listen() -> None:
    member_erased.connect(on_member_erased, dispatch_uid="discussions.member_erased")
    name_lapsed.connect(on_name_lapsed, dispatch_uid="discussions.name_lapsed")
