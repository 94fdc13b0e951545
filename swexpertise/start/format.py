"""`make format`: code and templates in the agreed form."""

import os
import subprocess

from swexpertise.start.lint import BIN, templates
from swexpertise.start.places import ROOT


def main() -> None:
    os.chdir(ROOT)
    subprocess.run([BIN / "ruff", "check", "--fix", "--quiet", "."], check=False)
    subprocess.run([BIN / "ruff", "format", "--quiet", "."], check=True)
    subprocess.run([BIN / "djade", *templates()], check=False)


if __name__ == "__main__":
    main()
