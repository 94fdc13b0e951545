"""PostgreSQL and Valkey in the background, for developers: `make services`, `make services-stop`.

They keep their data in `var/dev-services/` and go on until they are stopped; its file `env` holds what to export.
"""

import re
import signal
import sys
from pathlib import Path

from swexpertise.start import postgres, processes, valkey
from swexpertise.start.places import VAR

HOME = VAR / "dev-services"
ENV = HOME / "env"


def environment() -> dict[str, str]:
    """DATABASE_URL and REDIS_URL of the running background servers; empty when they don't run."""
    try:
        found = dict(re.findall(r"^export (\w+)='([^']*)'$", ENV.read_text(), re.MULTILINE))
        running = all(processes.is_alive(int(found[name])) for name in ("POSTGRES_PID", "VALKEY_PID"))
    except (OSError, KeyError, ValueError):
        return {}
    return {name: found[name] for name in ("DATABASE_URL", "REDIS_URL")} if running else {}


def ensure() -> dict[str, str]:
    """Start them, or leave alone what runs; says where they are."""
    if not environment():
        database = postgres.start(HOME / "postgres", loose=True, outlives_us=True)
        cache = valkey.start(HOME / "valkey", loose=True, outlives_us=True)
        values = {
            "DATABASE_URL": database.url,
            "REDIS_URL": cache.url,
            "POSTGRES_PID": str(database.process.pid),
            "VALKEY_PID": str(cache.process.pid),
        }
        _write(ENV, "".join(f"export {name}='{value}'\n" for name, value in values.items()))
    return environment()


def start() -> None:
    ensure()
    print(ENV.read_text(), end="")
    print('# eval "$(make -s services)" takes these into a shell; pytest finds them by itself')


def stop() -> None:
    try:
        found = dict(re.findall(r"^export (\w+_PID)='(\d+)'$", ENV.read_text(), re.MULTILINE))
    except OSError:
        return
    for name, program, by in (
        ("VALKEY_PID", "valkey-server", signal.SIGTERM),
        ("POSTGRES_PID", "postgres", signal.SIGINT),
    ):
        pid = int(found[name])
        if processes.is_alive(pid) and processes.runs(pid, program):
            processes.end(pid, by)
    ENV.unlink()


def _write(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_text(text)
    new.rename(path)


if __name__ == "__main__":
    stop() if sys.argv[1:] == ["stop"] else start()
