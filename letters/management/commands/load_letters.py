"""manage.py load_letters: the open letters of the collected content."""

from typing import Any

from django.core.management.base import BaseCommand

from letters.actions import letters


class Command(BaseCommand):
    help = "Loads the open letters; loading again brings them up to date. Load the organisations first."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{letters.load()} letters")
