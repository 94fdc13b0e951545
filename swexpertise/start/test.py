"""`make test`: everything the tests need, then pytest."""

import os
import shutil
import subprocess
import sys

from swexpertise.start.places import ROOT, Refusal

PARALLEL = ["-n", "2", "--dist", "loadfile"]


def main(arguments: list[str]) -> None:
    ensure_chromium()
    for name in ("DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS"):
        os.environ.pop(name, None)
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *in_parallel(arguments), *arguments])


def in_parallel(arguments: list[str]) -> list[str]:
    """Two at a time, a file in one piece; whoever says `-n` or names files has it their way."""
    return [] if any(argument.startswith(("-n", "-k", "tests/")) for argument in arguments) else PARALLEL


def ensure_chromium() -> None:
    """Debian's own browser, which Playwright drives; a downloaded one would come from another host."""
    if chromium() is not None:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not as_root or shutil.which("sudo")):
        print("Installing Chromium for the browser tests.", file=sys.stderr)
        quiet = ["-qq", "-o", "Dpkg::Use-Pty=0"]
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run([*as_root, "apt-get", *quiet, *command], env=env, stdout=subprocess.DEVNULL, check=False)
    if chromium() is None:
        raise Refusal("The browser tests need Chromium. Install it (on Debian: apt install chromium) and start again.")


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


if __name__ == "__main__":
    main(sys.argv[1:])
