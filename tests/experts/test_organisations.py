"""P10."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from experts.actions import organisations
from experts.models import Body, BodySeat, Mandate, Organisation
from tests.cast import client_of, first_name
from tests.experts.conftest import show

pytestmark = pytest.mark.django_db


def test_the_content_loads_and_loads_again():
    count = organisations.load()
    assert organisations.load() == count == Organisation.objects.count()
    assert Body.objects.filter(organisation__slug="proud").count() == 6


def test_who_is_eligible_for_a_body_is_never_shown(coordinator, administrator, visitor):
    organisations.load()
    for viewer in (coordinator, administrator, visitor):
        page = client_of(viewer).get(reverse("experts:organisation", args=["proud"])).content.decode()
        assert "Bestuur" in page
        for word in ("sex_worker", "former", "eligible", "ally", "advises, does not decide"):
            assert word not in page


def test_every_organisation_has_its_page_in_words(anna):
    organisations.load()
    browser = client_of(anna)
    for organisation in Organisation.objects.all():
        assert browser.get(organisation.get_absolute_url()).status_code == 200
    assert "13 februari 2015" in browser.get(reverse("experts:organisation", args=["proud"])).content.decode()
    assert "november 1990" in browser.get(reverse("experts:organisation", args=["nswp"])).content.decode()


def test_who_belongs_to_it_is_seen_by_those_they_chose(anna, bram, coordinator, visitor, proud):
    show(anna, "coordinators", organisations=["soa-fonds"])
    seen = {
        user: "Anna" in client_of(user).get(proud.get_absolute_url()).content.decode() for user in (coordinator, bram)
    }
    assert seen == {coordinator: True, bram: False}
    show(anna, "public", organisations=["soa-fonds"])
    assert "Anna" in client_of(bram).get(proud.get_absolute_url()).content.decode()
    assert "Anna" not in client_of(visitor).get(proud.get_absolute_url()).content.decode()


def test_a_seat_is_shown_during_its_term_only(anna, bram, proud):
    body = Body.objects.create(organisation=proud, slug="b", name_nl="Bestuur", name_en="Board")
    seat = BodySeat.objects.create(
        body=body, name=first_name(anna), from_on=date(2020, 1, 1), until_on=date(2020, 12, 31)
    )
    assert "Anna" not in client_of(bram).get(proud.get_absolute_url()).content.decode()
    BodySeat.objects.filter(pk=seat.pk).update(until_on=None)
    assert "Anna" in client_of(bram).get(proud.get_absolute_url()).content.decode()
    assert "Bestuur" in client_of(bram).get(first_name(anna).get_absolute_url()).content.decode()


def test_a_term_ends_after_it_begins(anna, proud):
    body = Body.objects.create(organisation=proud, slug="b", name_nl="Bestuur", name_en="Board")
    with pytest.raises(IntegrityError):
        BodySeat.objects.create(body=body, name=first_name(anna), from_on=date(2020, 1, 2), until_on=date(2020, 1, 1))


def test_a_mandate_has_force_once_somebody_else_confirmed_it(anna, coordinator, proud):
    day = date(2026, 11, 24)
    mandate = Mandate.objects.create(name=first_name(anna), organisation=proud, kind="sign", from_on=day)
    assert not Mandate.objects.in_force(day).exists()
    with pytest.raises(PermissionDenied):
        organisations.confirm(by=anna, mandate=mandate, at=timezone.now())
    organisations.confirm(by=coordinator, mandate=mandate, at=timezone.now())
    assert Mandate.objects.in_force(day).get() == mandate
    assert not Mandate.objects.in_force(date(2026, 11, 23)).exists()


def test_a_topic_page_shows_who_knows_of_it(anna, bram, visitor):
    show(anna, knows=["aangifte"])
    address = reverse("experts:topic", args=["aangifte"])
    assert "Anna" in client_of(bram).get(address).content.decode()
    assert "Anna" not in client_of(visitor).get(address).content.decode()
