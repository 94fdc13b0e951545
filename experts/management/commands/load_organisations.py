"""manage.py load_organisations: the organisations and networks of the field, with their bodies."""

from typing import Any

from django.core.management.base import BaseCommand

from experts.actions import organisations


class Command(BaseCommand):
    help = "Loads the organisations and networks; loading again brings them up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{organisations.load()} organisations")
