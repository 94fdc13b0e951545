"""`make bench`: measurements on the safe settings of production's database, not on those of the tests."""

import os
import subprocess
import sys

from swexpertise.start import postgres, valkey
from swexpertise.start.places import ROOT, VAR


def main(arguments: list[str]) -> None:
    env = dict(os.environ) | {"DJANGO_SETTINGS_MODULE": "swexpertise.settings.test"}
    stops = []
    if not env.get("DATABASE_URL"):
        database = postgres.start(VAR / "bench" / "postgres")
        stops.append(database.stop)
        env["DATABASE_URL"] = database.url
    if not env.get("REDIS_URL"):
        cache = valkey.start(VAR / "bench" / "valkey")
        stops.append(cache.stop)
        env["REDIS_URL"] = cache.url
    try:
        done = subprocess.run([sys.executable, str(ROOT / "manage.py"), "bench", *arguments], env=env, check=False)
    finally:
        for stop in reversed(stops):
            stop()
    sys.exit(done.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
