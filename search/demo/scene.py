"""The index follows by itself what the other scenes play; what goes without an announcement is taken out here."""

from search.actions.rebuilding import rebuild
from swexpertise.demo import World


def play(world: World) -> None:
    """Nothing: each thing was put in the index as it came."""


def strike(world: World) -> None:
    """Played from the top down: what is taken away after this is hidden by its owner's rule at once."""
    world.say(f"Search ({rebuild()})")
