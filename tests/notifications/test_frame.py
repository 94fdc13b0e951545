"""What the frame of every page asks is put into SQL once for an account, and is the same question for all that."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import circles
from accounts.models import Circle, User
from accounts.models.user import Role
from discussions.models import Space, Thread
from notifications.actions import events
from notifications.context import _facts, statement
from notifications.models import Delivery
from tests.cast import client_of
from tests.notifications.conftest import BEFORE, open_thread, reply

pytestmark = pytest.mark.django_db


def number(user: User) -> int:
    return _facts(User.objects.get(pk=user.pk))["unread"]


def told(user: User) -> int:
    return Delivery.objects.news_for(User.objects.get(pk=user.pk)).unread().count()


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("is_active", [True, False])
def test_the_kept_question_is_the_one_of_the_account_itself(anna: User, role: str, is_active: bool) -> None:
    """N5, S3. Whatever else an account is: its rules read its key, its role and whether it is switched on; had one of
    them read more, the two would differ for somebody who has all of it."""
    User.objects.filter(pk=anna.pk).update(role=role, is_active=is_active)
    account = User.objects.get(pk=anna.pk)
    statement.cache_clear()
    kept = statement(account.pk, account.role, account.is_active)
    statement.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("notifications.context.User", _Whole(account))
        assert statement(account.pk, account.role, account.is_active) == kept
    statement.cache_clear()
    assert not [value for value in kept[1] if isinstance(value, date | datetime)], "a moment would grow old"


class _Whole:
    """Gives the account itself where one made of its key and role is asked for."""

    objects = User.objects

    def __init__(self, account: User) -> None:
        self.account = account

    def __call__(self, **_known: object) -> User:
        return self.account


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
