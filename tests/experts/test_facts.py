"""`Profile.shows` and `ProfileFact.visible_to` are one rule in two languages."""

import pytest

from experts.models import Name, ProfileFact
from tests.cast import first_name
from tests.experts.conftest import FIELDS, show

pytestmark = pytest.mark.django_db
VALUES = {
    "headline": "Strafrecht",
    "pronouns": "zij",
    "introduction": "Een verhaal",
    "knows": ["aangifte", "politie"],
    "languages": ["nl", "pl"],
    "region": "Utrecht",
    "organisations": ["soa-fonds"],
    "links": ["https://voorbeeld.invalid/"],
    "publications": "Een boek",
    "availability": ["media"],
}


@pytest.mark.parametrize("name_audience", ["members", "public"])
@pytest.mark.parametrize("audience", ["only_me", "coordinators", "members", "public"])
def test_python_and_sql_agree_for_every_field_and_viewer(
    anna, bram, coordinator, administrator, suspended, visitor, proud, audience, name_audience
):
    """P5, P6."""
    Name.objects.filter(holder=anna).update(audience=name_audience)
    profile = show(anna, audience, **VALUES)
    for viewer in (anna, bram, coordinator, administrator, suspended, visitor):
        sees_name = Name.objects.visible_to(viewer).filter(pk=profile.pk).exists()
        kinds = set(ProfileFact.objects.visible_to(viewer).filter(profile=profile).values_list("kind", flat=True))
        for field in FIELDS:
            assert (field in kinds) == (sees_name and profile.shows(field, viewer)), (field, viewer.pk)
        assert ("name" in kinds) == sees_name


def test_saving_again_keeps_one_row_a_value(anna, proud):
    show(anna, **VALUES)
    count = ProfileFact.objects.count()
    show(anna, **VALUES)
    assert ProfileFact.objects.count() == count


def test_topics_that_differ_in_case_and_space_are_one(anna, bram):
    """P15."""
    show(anna, knows=["HIV", "hiv", " hiv "])
    show(bram, knows=["Hiv"])
    facts = ProfileFact.objects.filter(kind="knows")
    assert {(fact.value, fact.label) for fact in facts} == {("hiv", "HIV")}
    assert facts.count() == 2


def test_nobody_edits_another_profile(anna, coordinator):
    from django.core.exceptions import PermissionDenied

    from experts.actions import profiles

    with pytest.raises(PermissionDenied):
        profiles.update(by=coordinator, profile=first_name(anna).profile, headline="x")
