"""manage.py import_mbox FILE … --space SLUG [--authors TABLE.yaml] [--dry-run]; `--take-back NUMBER` undoes one.

The table of authors holds a line per address: `jan@example.org: handle-of-a-member`. Every other writer is shown as
an imported participant with a number.
"""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.progress import Progress

from discussions.actions import imports
from discussions.models import Import, Space
from experts.models import Name


class Command(BaseCommand):
    help = "Brings archives of a mailing list (mbox, .gz, .zip) along into a space. Twice the same adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="several are read as one: *.txt.gz")
        parser.add_argument("--space", help="short name of the space")
        parser.add_argument("--authors", type=Path, help="YAML: address: handle of a member")
        parser.add_argument("--dry-run", action="store_true", help="report only, nothing is written")
        parser.add_argument("--take-back", type=int, metavar="NUMBER", help="remove what this import brought")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["take_back"]:
            self._take_back(options["take_back"])
            return
        if not options["files"] or not options["space"]:
            raise CommandError("Give a file and --space.")
        space = Space.objects.filter(slug=options["space"]).first()
        if space is None:
            raise CommandError(f"There is no space “{options['space']}”.")
        authors = _authors(options["authors"])
        say: dict[str, Any] = {"space": space, "authors": authors, "now": timezone.now()}
        try:
            with ExitStack() as stack:
                say["files"] = [(path.name, stack.enter_context(path.open("rb"))) for path in options["files"]]
                say["tell"] = stack.enter_context(Bars())
                if options["dry_run"]:
                    self._tell(imports.look_through(**say))
                    return
                batch, report = imports.bring(**say)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        self._tell(report)
        self.stdout.write(f"import {batch.pk}; to undo: --take-back {batch.pk}")

    def _tell(self, report: imports.Report) -> None:
        for key, value in report.as_json().items():
            if isinstance(value, int):
                self.stdout.write(f"{key}: {value}")
        for oddity, count in sorted(report.oddities.items()):
            lines = ", ".join(map(str, report.places[oddity]))
            self.stdout.write(f"{oddity}: {count} (line {lines}{' …' if count > len(report.places[oddity]) else ''})")

    def _take_back(self, number: int) -> None:
        batch = Import.objects.filter(pk=number).first()
        if batch is None:
            raise CommandError(f"There is no import {number}.")
        stays = imports.take_back(batch=batch)
        self.stdout.write(f"taken back; threads that stay since others wrote in them: {stays}")


class Bars(Progress):
    """A bar for each thing that is done."""

    def __call__(self, label: str, done: int, total: int) -> None:
        known = {task.description: task.id for task in self.tasks}
        if label not in known:
            known[label] = self.add_task(label)
        self.update(known[label], completed=done, total=total)


def _authors(path: Path | None) -> dict[str, Name]:
    if path is None:
        return {}
    try:
        table = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"{path}: {error}") from None
    if not isinstance(table, dict):
        raise CommandError(f"{path}: write a line per address, “address: handle”.")
    names = {name.handle: name for name in Name.objects.filter(holder__isnull=False, retired_at=None)}
    unknown = sorted(str(handle) for handle in table.values() if str(handle).lower() not in names)
    if unknown:
        raise CommandError(f"{path}: nobody has the handle {', '.join(unknown)}.")
    return {str(address).strip().lower(): names[str(handle).lower()] for address, handle in table.items()}
