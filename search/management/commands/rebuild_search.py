"""manage.py rebuild_search: the index anew; `--resume` goes on where one that was broken off stopped."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.progress import track

from search.actions.rebuilding import rebuild


class Command(BaseCommand):
    help = "Puts everything that can be found into the index anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--resume", action="store_true", help="go on where the last one was broken off")

    def handle(self, *args: Any, resume: bool, **options: Any) -> None:
        number = rebuild(anew=not resume, watch=lambda items, label: track(list(items), description=label))
        self.stdout.write(f"{number} entries")
