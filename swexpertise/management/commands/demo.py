"""`manage.py demo load` plays the demo world once; `manage.py demo remove` takes it down again."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from rich.console import Console

from swexpertise.demo import World, is_played, play, strike


class Command(BaseCommand):
    help = "Loads or removes the demo world: invented members, spaces, threads, pages and letters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["load", "remove"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "load" and not settings.DEMO:
            raise CommandError("Demo members have a public password, so they are loaded in demo mode only (DEMO=1).")
        world = World(now=timezone.now(), console=Console(file=getattr(self.stdout, "_out", None)))
        with translation.override("nl"):
            if what == "remove":
                strike(world)
                world.say("The demo world is gone.")
            elif is_played():
                world.say("The demo world is there already.")
            else:
                play(world)
                world.say("The demo world is loaded.")
