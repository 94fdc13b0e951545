from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.module_loading import autodiscover_modules
from rich.console import Console
from rich.table import Table

from swexpertise.bench.measures import registered


class Command(BaseCommand):
    help = "Measures what each app's bench.py registers, in a database of its own that is thrown away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="*", help="only these apps")
        parser.add_argument(
            "--members", type=int, help="take what takes long in place of the rest, with so many members"
        )
        parser.add_argument("--events", type=int, help="... and so many events; twenty for each member when not given")

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("bench")
        members = options["members"]
        size = {"members": members, "events": options["events"] or 20 * members} if members else {}
        chosen = list(registered(options["apps"], at_scale=bool(size)))
        if not chosen:
            self.stdout.write("Nothing is measured here yet.")
            return
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        broken = []
        console = Console()
        try:
            for one in chosen:
                table = Table("what", "value", "unit", "at most", title=f"{one.app}: {one.title}")
                for result in one.take(**size):
                    limit = "" if result.limit is None else f"{result.limit:g}"
                    style = "" if result.holds else "red"
                    table.add_row(result.what, f"{result.value:,.2f}", result.unit, limit, style=style)
                    if not result.holds:
                        broken.append(f"{one.app}: {result.what}")
                console.print(table)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
        if broken:
            raise CommandError("Over the limit: " + "; ".join(broken))
