"""Watch, Event, Delivery, Issue, MailKey, Heartbeat."""

from notifications.models.delivery import Delivery
from notifications.models.event import Event
from notifications.models.heartbeat import Heartbeat
from notifications.models.issue import Issue
from notifications.models.key import MailKey
from notifications.models.watch import Watch

__all__ = ["Delivery", "Event", "Heartbeat", "Issue", "MailKey", "Watch"]
