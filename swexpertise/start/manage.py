"""`make manage ARGS=…`: a management command against the background servers, which start when needed."""

import os
import sys

from swexpertise.start import services
from swexpertise.start.places import ROOT


def main(arguments: list[str]) -> None:
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        os.environ.update(services.ensure() | dict(os.environ))
    os.execv(sys.executable, [sys.executable, str(ROOT / "manage.py"), *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
