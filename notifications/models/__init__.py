"""Watch, Event, Delivery, Issue, MailKey, FeedKey, Heartbeat; what comes in by mail, and whether mail arrives."""

from notifications.models.delivery import Delivery
from notifications.models.event import Event
from notifications.models.feed import FeedKey
from notifications.models.heartbeat import Heartbeat
from notifications.models.inbound import Inbound, ParkedReply, ReplyAddress
from notifications.models.issue import Issue
from notifications.models.key import MailKey
from notifications.models.mail_trouble import MailTrouble
from notifications.models.notice import Notice
from notifications.models.reachability import Note, Reachability
from notifications.models.watch import Watch

__all__ = [
    "Delivery",
    "Event",
    "FeedKey",
    "Heartbeat",
    "Inbound",
    "Issue",
    "MailKey",
    "MailTrouble",
    "Note",
    "Notice",
    "ParkedReply",
    "Reachability",
    "ReplyAddress",
    "Watch",
]
