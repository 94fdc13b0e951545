from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from swexpertise.start.translations import compile_all


class Command(BaseCommand):
    help = "Compiles each translation that is newer than its compiled form. Needs no gettext."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_all(settings.BASE_DIR):
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
