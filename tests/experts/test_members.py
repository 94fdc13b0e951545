"""What coordinators see and do, and that no two names are seen to move together (P7)."""

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from accounts.models import Circle
from experts.actions import names
from tests.cast import client_of, first_name, make_member

pytestmark = pytest.mark.django_db


def member(name):
    return reverse("experts:member", args=[name.key])


def test_a_coordinator_fills_a_circle_by_name(coordinator, cas, kerngroep):
    browser = client_of(coordinator)
    browser.post(member(first_name(cas)), {"act": "add", "circle": "kerngroep"})
    assert Circle.objects.entered_by(cas).exists()
    assert "Cas" in browser.get(reverse("experts:circles")).content.decode()
    browser.post(member(first_name(cas)), {"act": "remove", "circle": "kerngroep"})
    assert not Circle.objects.entered_by(cas).exists()


def test_an_administrator_gives_a_role_and_a_coordinator_cannot(coordinator, administrator, cas):
    client_of(coordinator).post(member(first_name(cas)), {"act": "role", "role": "administrator"})
    cas.refresh_from_db()
    assert not cas.is_coordinator
    client_of(administrator).post(member(first_name(cas)), {"act": "role", "role": "coordinator"})
    cas.refresh_from_db()
    assert cas.is_coordinator


def test_a_coordinator_suspends_and_lets_in_again(coordinator, cas):
    browser = client_of(coordinator)
    assert browser.get(reverse("experts:member_suspend", args=[first_name(cas).key])).status_code == 200
    browser.post(member(first_name(cas)), {"act": "suspend"})
    cas.refresh_from_db()
    assert not cas.is_active
    browser.post(member(first_name(cas)), {"act": "restore"})
    cas.refresh_from_db()
    assert cas.is_active


def test_nothing_is_done_to_an_account_under_a_further_name(coordinator, anna):
    """P7."""
    wolk = names.create(by=anna, holder=anna, display_name="Wolk")
    browser = client_of(coordinator)
    for act in ({"act": "suspend"}, {"act": "remove", "circle": "kerngroep"}):
        browser.post(member(wolk), act)
    anna.refresh_from_db()
    assert anna.is_active and Circle.objects.entered_by(anna).exists()


def test_no_address_stands_on_a_page_about_members(coordinator, anna, kerngroep):
    browser = client_of(coordinator)
    for page in (reverse("experts:members"), reverse("experts:circles"), member(first_name(anna))):
        assert "@cast.invalid" not in browser.get(page).content.decode()


def test_a_further_name_stands_in_the_list_like_any_other_member(coordinator, anna):
    """P7."""
    names.create(by=anna, holder=anna, display_name="Wolk")
    make_member("Vreemde")
    rows = client_of(coordinator).get(reverse("experts:members")).context["rows"]
    seen = {row.face.display_name: (row.role, row.is_active, row.circles) for row in rows}
    assert seen["Wolk"] == seen["Vreemde"]


@pytest.mark.parametrize("page", ["experts:members", "experts:circles", "experts:invitations"])
def test_four_times_as_many_members_cost_no_more_queries(coordinator, page, django_assert_max_num_queries, kerngroep):
    browser, hashed = client_of(coordinator), make_password("x")
    for start, count in ((0, 5), (5, 15)):
        for number in range(start, start + count):
            make_member(f"Persoon {number}", email=f"p{number}@cast.invalid", hashed=hashed)
        with django_assert_max_num_queries(9):
            assert browser.get(reverse(page)).status_code == 200
