"""What a bounce says: a delivery status notification, in the part that machines read (RFC 3464)."""

import re
from email.message import Message

from notifications.models.reachability import HARD, SOFT

STATUS = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})")
# Lasting refusals that say nothing of the address: a full mailbox, a mail too large, a policy, a spam filter.
NOT_THE_ADDRESS = {("2", "2"), ("2", "3"), ("3", "4")}


def weight_of(message: Message) -> int:
    """How much a bounce counts: 2 when the address is refused for good, 1 when it failed otherwise, 0 when it did not.

    A mail that is only late, an absence, a free text of some server: 0.
    """
    if message.get_content_type() != "multipart/report":
        return 0
    weights = [_weight(block) for part in message.walk() for block in _recipients(part)]
    return max(weights, default=0)


def _recipients(part: Message) -> list[Message]:
    """The groups of fields of the report, one for each recipient."""
    if part.get_content_type() != "message/delivery-status":
        return []
    blocks = part.get_payload()
    return [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []


def _weight(block: Message) -> int:
    if str(block.get("Action", "")).strip().lower() != "failed":
        return 0
    found = STATUS.match(str(block.get("Status", "")))
    if found is None:
        return SOFT
    kind, subject, detail = found.groups()
    if kind == "5" and subject != "7" and (subject, detail) not in NOT_THE_ADDRESS:
        return HARD
    return SOFT if kind in "45" else 0
