import pytest
from django.urls import reverse

from accounts.audiences import Audience
from experts.actions import names
from experts.models import Profile
from tests.cast import client_of, first_name
from tests.experts.conftest import show
from tests.experts.test_portraits import profile_data

pytestmark = pytest.mark.django_db
EDIT = "/experts/profile/"


def test_a_member_fills_in_a_profile_and_looks_at_it_as_others_do(anna, bram, proud):
    """P5."""
    browser = client_of(anna)
    data = profile_data(
        anna,
        headline="Strafrecht",
        knows="aangifte, politie; HIV",
        languages=["nl", "pl"],
        region="Utrecht",
        region_audience="only_me",
        organisations=["soa-fonds"],
        organisations_audience="members",
        links="https://voorbeeld.invalid/anna",
        availability=["media"],
    )
    answer = browser.post(EDIT, data)
    assert answer.status_code == 302, answer.context["form"].errors
    preview = browser.get(answer.url).content.decode()
    page = client_of(bram).get(first_name(anna).get_absolute_url()).content.decode()
    for shown in ("Strafrecht", "aangifte", "Pools", "Soafonds Noord", "https://voorbeeld.invalid/anna"):
        assert shown in page and shown in preview
    assert "Utrecht" not in page and "Utrecht" not in preview
    assert "Utrecht" in browser.get(first_name(anna).get_absolute_url()).content.decode()


def test_what_a_visitor_sees_is_previewed_too(anna):
    """P5."""
    show(anna, "public", headline="Strafrecht")
    address = reverse("experts:profile_preview", args=[first_name(anna).key, "visitor"])
    browser = client_of(anna)
    assert "Strafrecht" not in browser.get(address).content.decode()
    names.change(by=anna, name=first_name(anna), display_name="Anna", audience=Audience.PUBLIC)
    assert "Strafrecht" in browser.get(address).content.decode()


def test_the_strictest_default_keeps_region_and_organisations_from_members():
    """P5."""
    fields = {field.name: field.default for field in Profile._meta.fields if field.name.endswith("_audience")}
    assert fields["region_audience"] == fields["organisations_audience"] == Audience.COORDINATORS
    assert Audience.PUBLIC not in fields.values()


def test_forbidden_and_absent_answer_alike(anna, cas):
    """S2."""
    names.create(by=anna, holder=anna, display_name="Wolk")
    other = anna.names.get(is_first=False)
    browser = client_of(cas)
    for page in ("experts:profile_edit", "experts:name_edit", "experts:name_retire"):
        theirs = browser.get(reverse(page, args=[other.key]))
        absent = browser.get(reverse(page, args=["abcdefghjkmn"]))
        assert theirs.status_code == absent.status_code == 404
        assert len(theirs.content) == len(absent.content)
    names.retire(by=anna, name=other)
    for visitor in (client_of(None), browser):
        hidden = visitor.get(other.get_absolute_url())
        absent = visitor.get(reverse("experts:detail", args=["abcdefghjkmn"]))
        assert hidden.status_code == absent.status_code == 404
        assert len(hidden.content) == len(absent.content)


@pytest.mark.parametrize(
    "wrong",
    [
        {"introduction": "x" * 4001},
        {"headline": "x" * 121},
        {"knows": ",".join(f"onderwerp {n}" for n in range(40))},
        {"knows": "x" * 60},
        {"knows": "🌂"},
        {"links": "javascript:alert(1)"},
        {"languages": ["xx"]},
        {"organisations": ["nergens"]},
        {"region_audience": "circle"},
        {"knows_audience": ""},
    ],
)
def test_what_cannot_be_is_said_beside_the_field(anna, wrong):
    """P15."""
    answer = client_of(anna).post(EDIT, profile_data(anna, **wrong))
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == set(wrong)


def test_five_megabytes_of_introduction_are_refused_without_an_error_of_ours(anna):
    """P15."""
    assert client_of(anna).post(EDIT, profile_data(anna, introduction="x" * 5_000_000)).status_code in (200, 400, 413)


def test_odd_characters_become_one_normal_form(anna):
    """P15."""
    data = profile_data(
        anna, headline="Straf\u202erecht\u200b \n en meer", introduction="Een\r\n\r\n\r\n\r\ntwee\u202e"
    )
    client_of(anna).post(EDIT, data)
    profile = first_name(anna).profile
    assert (profile.headline, profile.introduction) == ("Strafrecht en meer", "Een\n\ntwee")


def test_text_is_shown_as_text(anna, bram):
    show(
        anna, introduction="<script>alert(1)</script>", headline="<b>vet</b>", region="<i>", publications="<img src=x>"
    )
    page = client_of(bram).get(first_name(anna).get_absolute_url()).content.decode()
    assert "<script>alert" not in page and "<b>vet" not in page and "<img src=x" not in page


def test_a_member_adds_spells_and_retires_a_name(anna, bram):
    browser = client_of(anna)
    added = browser.post(
        reverse("experts:names"), {"display_name": "Wolk", "audience": "members", "mail_detail": "titles"}
    )
    name = anna.names.get(display_name="Wolk")
    assert name.mail_detail == "titles"
    assert added.url == reverse("experts:profile_edit", args=[name.key])
    browser.post(
        reverse("experts:name_edit", args=[name.key]),
        {"display_name": "Wolkje", "audience": "members", "mail_detail": "discreet"},
    )
    assert anna.names.get(pk=name.pk).mail_detail == "discreet"
    assert "Wolkje" in client_of(bram).get(name.get_absolute_url()).content.decode()
    page = client_of(bram).get(name.get_absolute_url()).content.decode()
    assert "Anna" not in page and first_name(anna).key not in page
    browser.post(reverse("experts:name_retire", args=[name.key]))
    assert client_of(bram).get(name.get_absolute_url()).status_code == 404


def test_a_taken_name_is_refused_beside_the_field(anna, bram):
    """P15."""
    answer = client_of(anna).post(
        reverse("experts:names"), {"display_name": "BRAM", "audience": "members", "mail_detail": "full"}
    )
    assert answer.context["form"].errors["display_name"]
