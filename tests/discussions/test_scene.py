"""The play of the demo, before it is played: everything lies in the past and every answer follows its question."""

from datetime import UTC, datetime, timedelta

import pytest

from discussions.demo import scene
from discussions.models import Poll, Post, Reaction, Reading, Space, Thread
from experts.demo import scene as members
from swexpertise.demo.world import World

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_nothing_lies_in_the_future_and_no_answer_precedes_its_question() -> None:
    moments = scene._moments(NOW)
    at = {moment.id: (moment.at, moment.order) for moment in moments}
    assert len(at) == len(moments)
    assert max(moment.at for moment in moments) < NOW
    assert all(at[moment.parent] < at[moment.id] for moment in moments if moment.parent)


def test_the_demo_is_large_enough_to_feel_like_a_network() -> None:
    moments = scene._moments(NOW)
    openings = [moment for moment in moments if not moment.parent]
    assert len(openings) >= 40
    longest = max(sum(moment.id.startswith(f"{opening.data['key']}/") for moment in moments) for opening in openings)
    assert longest >= 300
    assert any(NOW - moment.at < timedelta(hours=24) for moment in moments)


@pytest.mark.django_db
def test_the_scene_is_played_and_struck(stage: World) -> None:
    scene.play(stage)
    moments = scene._moments(stage.now)
    assert Post.objects.live().filter(thread__removed_at=None).count() == len(moments)
    assert Post.objects.count() == len(moments) + 2  # what was deleted, and what was removed
    assert Thread.objects.filter(is_pinned=True).count() == 1
    assert Reading.objects.filter(user=stage.users["nurse"]).exists()
    consultation = stage.threads["consultatie-wrs"]
    consultation.refresh_from_db()
    assert consultation.stand_html and consultation.post_count >= 300
    assert Poll.objects.get(kind="consent").votes.count() == 5
    assert Poll.objects.get(is_secret=True).turnout.count() == 9
    stage.threads["aangifte-zonder-adres"].refresh_from_db()
    assert stage.threads["aangifte-zonder-adres"].answer_id and Reaction.objects.count() > 50
    scene.strike(stage)
    assert not Space.objects.exists() and not Post.objects.exists()


@pytest.fixture
def stage(db: None) -> World:
    """The members and circles of the demo, by the scene below."""
    world = World(now=datetime.now(UTC))
    members.play(world)
    return world
