"""The letters are real: they are loaded with the demo and stay when it goes."""

from experts.actions import organisations
from letters.actions import letters
from swexpertise.demo import World


def play(world: World) -> None:
    organisations.load()
    world.say(f"Letters ({letters.load()})")


def strike(world: World) -> None:
    """Nothing of a letter is invented."""
