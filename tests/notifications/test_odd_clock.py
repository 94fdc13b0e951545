"""The ledger under an odd clock and a member who changes their mind: windows join, and nothing is told twice."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from notifications.actions.preferences import choose
from notifications.models import Delivery, Issue
from tests.notifications.conftest import follows, reply, sweep, wants

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)
# When the next sweep comes, and what the member chose before it. The clock is put back twice, we are down for days,
# and in between lie the night that skips an hour, the one that has it twice, and a leap day.
STORY: list[tuple[datetime, dict[str, Any]]] = [
    (datetime(2028, 2, 28, 9, tzinfo=UTC), {}),
    (datetime(2028, 2, 29, 9, tzinfo=UTC), {}),
    (datetime(2028, 2, 28, 20, tzinfo=UTC), {}),
    (datetime(2028, 3, 1, 9, tzinfo=UTC), {"hour": 2}),
    (datetime(2028, 3, 26, 0, 30, tzinfo=UTC), {}),
    (datetime(2028, 3, 26, 1, 30, tzinfo=UTC), {}),
    (datetime(2028, 3, 26, 3, tzinfo=UTC), {"hour": 23, "time_zone": "America/Nuuk"}),
    (datetime(2028, 3, 29, 9, tzinfo=UTC), {}),
    (datetime(2028, 3, 29, 10, tzinfo=UTC), {"rhythm": "at_once"}),
    (datetime(2028, 3, 29, 11, tzinfo=UTC), {}),
    (datetime(2028, 3, 29, 9, 30, tzinfo=UTC), {}),
    (datetime(2028, 3, 29, 12, tzinfo=UTC), {"rhythm": "weekly", "weekday": 6}),
    (datetime(2028, 4, 12, 12, tzinfo=UTC), {"rhythm": "daily", "time_zone": "Pacific/Kiritimati"}),
    (datetime(2028, 10, 29, 0, 30, tzinfo=UTC), {"hour": 2, "time_zone": "Europe/Amsterdam"}),
    (datetime(2028, 10, 29, 1, 30, tzinfo=UTC), {}),
    (datetime(2028, 10, 30, 3, tzinfo=UTC), {}),
    (datetime(2028, 11, 2, 3, tzinfo=UTC), {}),
]


def test_windows_of_the_ledger_join_and_each_post_is_mailed_once(mail, bram, cas, thread) -> None:
    """N6. Each post stands in one mail, whichever; the windows of a kind have neither gap nor overlap."""
    follows(wants(cas), thread)
    written = []
    for number, (now, chosen) in enumerate(STORY):
        written.append(reply(bram, thread, f"Nummer-{number:02}-", at=now - 2 * HOURS))
        if chosen:
            time_zone = chosen.pop("time_zone", cas.preferences.time_zone)
            mine = {field: getattr(cas.preferences, field) for field in ("rhythm", "hour", "weekday", "mail_detail")}
            cas.preferences = choose(by=cas, **(mine | chosen), at=datetime(2020, 1, 1, tzinfo=UTC))
            cas.preferences.time_zone = time_zone
            cas.preferences.save(update_fields=["time_zone"])
        for _twice in range(2):
            sweep(now)
    sweep(now + 24 * HOURS)
    for kind in ("digest", "at_once"):
        windows = list(Issue.objects.filter(recipient=cas, kind=kind).order_by("window_from"))
        assert len(windows) > 1
        assert all(one.window_to == other.window_from for one, other in pairwise(windows))
    told = Delivery.objects.filter(recipient=cas, channel="mail", state="sent")
    assert set(told.values_list("event__post", flat=True)) == {post.pk for post in written}
    assert told.count() == len(written) and told.filter(issue=None).count() == 0
    days = [issue.window_to for issue in Issue.objects.filter(recipient=cas, kind="digest").order_by("window_to")]
    assert len(days) == len(set(days))
