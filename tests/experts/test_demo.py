import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Circle, User
from experts.demo import scene
from experts.models import Body, Name, Organisation, ProfileFact
from swexpertise.demo.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World(now=timezone.now())


def test_the_scene_can_be_played_struck_and_played_again(world):
    scene.play(world)
    assert {"coordinator", "nurse", "scientist", "activist", "member"} <= set(world.users)
    assert world.users["nurse"].check_password(settings.DEMO_PASSWORD)
    assert Circle.objects.entered_by(world.users["activist"]).get().slug == "kerngroep"
    assert not Name.objects.filter(is_sample=False).exists()
    scene.strike(world)
    assert not User.objects.exists() and not Name.objects.exists() and not ProfileFact.objects.exists()
    assert not Body.objects.filter(slug="kerngroep").exists() and Organisation.objects.exists()
    scene.play(World(now=timezone.now()))
    assert User.objects.count() == len(world.users)


def test_nobody_in_the_sample_belongs_to_what_would_say_what_they_are(world):
    scene.play(world)
    assert not Organisation.objects.get(slug="proud").affiliations.exists()
