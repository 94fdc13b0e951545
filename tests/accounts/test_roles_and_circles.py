import pytest
from django.core.exceptions import PermissionDenied

from accounts.actions import circles, members, roles
from accounts.models import Circle
from accounts.signals import circle_joined, circle_left, role_given

pytestmark = pytest.mark.django_db


def heard(signal):
    news = []

    def hear(**kwargs):
        news.append(kwargs)

    signal.connect(hear, weak=False)
    return news, lambda: signal.disconnect(hear)


def test_an_administrator_gives_a_role_and_it_is_announced(administrator, anna):
    news, stop = heard(role_given)
    roles.give_role(by=administrator, user=anna, role="coordinator")
    stop()
    assert anna.is_coordinator and not anna.is_administrator
    assert [(one["user"], one["role"]) for one in news] == [(anna, "coordinator")]


def test_a_coordinator_gives_no_role_and_nobody_changes_their_own(coordinator, administrator, anna):
    for by, user in ((coordinator, anna), (anna, anna), (administrator, administrator)):
        with pytest.raises(PermissionDenied):
            roles.give_role(by=by, user=user, role="administrator")


def test_a_role_that_does_not_exist_is_refused(administrator, anna):
    with pytest.raises(ValueError, match="queen"):
        roles.give_role(by=administrator, user=anna, role="queen")


def test_a_circle_is_filled_by_coordinators_and_obeyed_at_once(coordinator, cas, kerngroep):
    """S3."""
    joined, stop_joined = heard(circle_joined)
    left, stop_left = heard(circle_left)
    circles.add(by=coordinator, circle=kerngroep, user=cas)
    circles.add(by=coordinator, circle=kerngroep, user=cas)
    assert Circle.objects.entered_by(cas).get() == kerngroep
    circles.remove(by=coordinator, circle=kerngroep, user=cas)
    circles.remove(by=coordinator, circle=kerngroep, user=cas)
    stop_joined()
    stop_left()
    assert not Circle.objects.entered_by(cas).exists()
    assert (len(joined), len(left)) == (1, 1)
    with pytest.raises(PermissionDenied):
        circles.add(by=cas, circle=kerngroep, user=cas)


def test_a_coordinator_suspends_members_but_nobody_with_a_role(coordinator, administrator, anna):
    members.suspend(by=coordinator, user=anna)
    for by, user in ((coordinator, administrator), (coordinator, coordinator), (administrator, administrator)):
        with pytest.raises(PermissionDenied):
            members.suspend(by=by, user=user)
    members.suspend(by=administrator, user=coordinator)
    assert not coordinator.is_coordinator
