"""`manage.py load_content`: the knowledge that comes with the platform, in both languages."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.actions import content


class Command(BaseCommand):
    help = "Load the pages of cms/content in Dutch and English. Pages that are there already stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        made = content.load()
        self.stdout.write(f"{made} pages made.")
