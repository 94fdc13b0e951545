"""The letters come from collected content: by command, with the demo, and again without harm."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from letters.actions import letters
from letters.demo import scene
from letters.models import Letter, Recipient
from letters.signals import letter_published
from swexpertise.demo import World


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    news: list[dict[str, Any]] = []
    letter_published.connect(lambda **what: news.append(what), weak=False, dispatch_uid="told")
    yield news
    letter_published.disconnect(dispatch_uid="told")


def test_the_command_loads_what_letters_lean_on_too(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_letters")
    assert "2 letters" in capsys.readouterr().out
    assert Letter.objects.get(slug="motie-onderzoek-2014").initiator.name == "PROUD"


def test_loading_again_makes_nothing_twice_and_mends_what_differs(shelf: None) -> None:
    before = set(Letter.objects.values_list("pk", "slug"))
    Letter.objects.update(title_nl="Anders")
    letters.load()
    assert set(Letter.objects.values_list("pk", "slug")) == before
    assert Recipient.objects.count() == 3
    assert not Letter.objects.filter(title_nl="Anders").exists()


def test_what_is_loaded_is_history(shelf: None, told: list[dict[str, Any]]) -> None:
    """Search hears of it; nobody is told."""
    letters.load()
    assert [(news["letter"].slug, news["by"], news["is_history"]) for news in told] == [
        ("motie-onderzoek-2014", None, True),
        ("stop-de-wrs", None, True),
    ]


def test_a_group_that_has_no_name_is_refused_whole(shelf: None) -> None:
    """L6. Better no letter than one that says somebody else signed."""
    row = {
        "slug": "x",
        "state": "open",
        "title": {"nl": "X", "en": "X"},
        "initiator": "proud",
        "recipients": [],
        "sources": [],
    }
    with pytest.raises(ValueError, match="politicians"):
        letters.load([row, row | {"slug": "y", "signatory_groups": ["politicians"]}])
    assert not Letter.objects.filter(slug__in=["x", "y"]).exists()


def test_the_real_letters_stay_when_the_demo_goes(db: None) -> None:
    world = World(now=timezone.now())
    scene.play(world)
    scene.strike(world)
    assert Letter.objects.count() == 2
