"""The demo world: each app plays its own scene, `<app>/demo/scene.py`, through its own actions."""

from swexpertise.demo.world import World, is_played, play, strike

__all__ = ["World", "is_played", "play", "strike"]
