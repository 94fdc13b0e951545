import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from experts.actions import names
from experts.models import Name, ProfileFact
from experts.spelling import skeleton
from tests.cast import first_name, make_member

pytestmark = pytest.mark.django_db


def test_a_name_comes_with_a_profile_that_shows_it(anna):
    name = first_name(anna)
    assert name.profile.headline == ""
    assert list(ProfileFact.objects.filter(profile=name.profile).values_list("kind", "label")) == [("name", "Anna")]
    assert anna.called == "Anna"


def test_a_further_name_leaves_what_the_holder_is_called_alone(anna):
    names.create(by=anna, holder=anna, display_name="Wolk")
    anna.refresh_from_db()
    assert anna.called == "Anna"


def test_nobody_makes_a_name_for_somebody_else(anna, coordinator):
    with pytest.raises(PermissionDenied):
        names.create(by=coordinator, holder=anna, display_name="Iemand")


@pytest.mark.parametrize(
    "spelling",
    [
        "x" * 300,
        "A",
        "",
        "Anna\u202egoed",
        "An\u200bna",
        "Ma\u0000rit",
        "🌂🌂🌂",
        "Rood 🌂",
        "12",
        "<script>",
        "Z\u0301\u0301\u0301\u0301algo",
        "Wi1lem",
    ],
)
def test_a_name_that_cannot_be_written_is_refused_in_words(cas, spelling):
    """P15."""
    with pytest.raises(ValidationError) as refusal:
        names.create(by=cas, holder=cas, display_name=spelling)
    assert refusal.value.messages[0]


@pytest.mark.parametrize("like", ["anna", "ANNA", "Аnnа", "Ánna", "An-na", " Anna  ", "Αnna"])
def test_a_name_that_looks_like_another_is_refused(anna, cas, like):
    """P15."""
    with pytest.raises(ValidationError):
        names.create(by=cas, holder=cas, display_name=like)


@pytest.mark.parametrize("pair", [("Ilse", "1lse"), ("Daniel", "Danie1"), ("Marco", "Marc0"), ("Olga", "Οlga")])
def test_look_alikes_share_a_skeleton(pair):
    assert skeleton(pair[0]) == skeleton(pair[1])


def test_names_of_the_same_letters_in_another_order_are_two_names():
    assert skeleton("Ilse") != skeleton("Lise")


def test_a_name_keeps_its_handle_when_it_is_spelled_anew(anna):
    name = first_name(anna)
    names.change(by=anna, name=name, display_name="Annabel", audience="public")
    name.refresh_from_db()
    anna.refresh_from_db()
    assert (name.display_name, name.handle, anna.called) == ("Annabel", "anna", "Annabel")
    assert ProfileFact.objects.get(profile_id=name.pk, kind="name").audience == "public"


def test_a_retired_name_is_gone_but_its_spelling_stays_taken(anna, cas):
    name = names.create(by=anna, holder=anna, display_name="Wolk")
    names.retire(by=anna, name=name)
    assert not Name.objects.visible_to(cas).filter(pk=name.pk).exists()
    assert not ProfileFact.objects.filter(profile_id=name.pk).exists()
    with pytest.raises(ValidationError):
        names.create(by=cas, holder=cas, display_name="Wolk")


def test_the_first_name_stays(anna):
    with pytest.raises(PermissionDenied):
        names.retire(by=anna, name=first_name(anna))


def test_a_taken_handle_gets_digits(db):
    one, other = make_member("Eef de Vries"), make_member("Eef de-Vries B")
    assert first_name(one).handle == "eef-de-vries"
    assert names.free_handle("Eef de Vries").startswith("eef-de-vries")
    assert first_name(other).handle != first_name(one).handle
