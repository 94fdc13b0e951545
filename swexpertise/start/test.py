"""`make test`: everything the tests need, then pytest."""

import os
import shutil
import subprocess
import sys

from swexpertise.start.places import ROOT, Refusal

# In whole pieces, files mostly, in the order of tests/conftest.py. One more than CI has cores: many tests wait for a
# browser, for a worker that was killed, for a clock.
PARALLEL = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]


# Programs that the tests need from Debian, where each is looked for, and what it's for.
PROGRAMS = {
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "Chromium for the browser tests"),
    "dovecot-imapd": (("dovecot", "/usr/sbin/dovecot"), "Dovecot, the mailbox that answers by mail are read from"),
}


def main(arguments: list[str]) -> None:
    ensure_programs()
    for name in ("DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS"):
        os.environ.pop(name, None)
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *in_parallel(arguments), *arguments])


def in_parallel(arguments: list[str]) -> list[str]:
    """Three at a time, a file in one piece; whoever says `-n` or names files has it their way."""
    return [] if any(argument.startswith(("-n", "-k", "tests/")) for argument in arguments) else PARALLEL


def ensure_programs() -> None:
    """Debian's own browser, which Playwright drives (a downloaded one would come from another host), and mail server.

    Dovecot runs with files of the test's own, whatever else the machine does with it.
    """
    missing = [package for package in PROGRAMS if program(package) is None]
    if not missing:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not as_root or shutil.which("sudo")):
        print(f"Installing {', '.join(missing)} for the tests.", file=sys.stderr)
        quiet = ["-qq", "-o", "Dpkg::Use-Pty=0"]
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            subprocess.run([*as_root, "apt-get", *quiet, *command], env=env, stdout=subprocess.DEVNULL, check=False)
    for package in missing:
        if program(package) is None:
            what = PROGRAMS[package][1]
            raise Refusal(f"The tests need {what}. Install it (on Debian: apt install {package}) and start again.")


def program(package: str) -> str | None:
    """Where the program of one of `PROGRAMS` is; None when it isn't installed."""
    return next(filter(None, map(shutil.which, PROGRAMS[package][0])), None)


def chromium() -> str | None:
    return program("chromium")


if __name__ == "__main__":
    main(sys.argv[1:])
