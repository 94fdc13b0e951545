"""manage.py load_letters: the open letters of the collected content."""

from typing import Any

from django.core.management.base import BaseCommand

from experts.actions import organisations
from letters.actions import letters


class Command(BaseCommand):
    help = "Loads the open letters with the organisations they name; loading again brings them up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        organisations.load()
        self.stdout.write(f"{letters.load()} letters")
