"""What the frame of every page asks is put into SQL once for a role, and follows the rule for all that."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import circles
from accounts.models import Circle, User
from discussions.models import Space, Thread
from notifications.actions import events
from notifications.context import _facts
from notifications.models import Delivery
from tests.cast import client_of
from tests.notifications.conftest import BEFORE, open_thread, reply

pytestmark = pytest.mark.django_db


def number(user: User) -> int:
    return _facts(User.objects.get(pk=user.pk))["unread"]


def told(user: User) -> int:
    return Delivery.objects.news_for(User.objects.get(pk=user.pk)).unread().count()


def test_the_number_follows_the_rule_at_once(
    anna: User, bram: User, space: Space, circle_space: Space, kerngroep: Circle
) -> None:
    """N5, N12. What was kept while Bram was in the circle says nothing once he left it, nor once he has read."""
    for where in (space, circle_space):
        reply(anna, open_thread(anna, where, f"Over {where.name}", "Tekst."), "Wat vind jij, @bram?")
    events.fan_out(now=BEFORE)
    assert number(bram) == told(bram) == 2
    circles.remove(by=None, circle=kerngroep, user=bram)
    assert number(bram) == told(bram) == 1
    client_of(bram).get(Thread.objects.get(space=space).get_absolute_url())
    assert number(bram) == told(bram) == 0


def test_a_page_asks_the_frame_once(anna: User, bram: User) -> None:
    """D17. One statement, the second time too."""
    for _again in range(2):
        with CaptureQueriesContext(connection) as queries:
            _facts(bram)
        assert len(queries) == 1
