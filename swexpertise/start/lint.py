"""`make lint`: everything that can be said about the code without running it. All checks run; one failure fails."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from swexpertise.start import services
from swexpertise.start.places import ROOT, VAR

BIN = Path(sys.executable).parent
# What production asks of its environment; nobody else uses these values.
AS_IN_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "swexpertise.settings.production",
    "SECRET_KEY": "lint-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "swexpertise.invalid",
    "SITE_URL": "https://swexpertise.invalid",
    "STATIC_ROOT": str(VAR / "static"),
}
AS_IN_TESTS = {"DJANGO_SETTINGS_MODULE": "swexpertise.settings.test"}


def main() -> None:
    os.chdir(ROOT)
    own = not services.environment()
    env = dict(os.environ) | services.ensure() if "DATABASE_URL" not in os.environ else dict(os.environ)
    try:
        failed = [name for name, check in checks(env).items() if not passes(name, check)]
    finally:
        if own:
            services.stop()
    if failed:
        sys.exit(f"Not in order: {', '.join(failed)}")
    print("All in order.")


def checks(env: dict[str, str]) -> dict[str, Callable[[], bool]]:
    manage = [sys.executable, "manage.py"]
    deploy = ["check", "--deploy", "--fail-level", "WARNING"]
    return {
        "style": lambda: run([BIN / "ruff", "check", "--quiet", "."], env),
        "format": lambda: run([BIN / "ruff", "format", "--check", "--quiet", "."], env),
        "format of templates": lambda: run([BIN / "djade", "--check", *templates()], env),
        "templates": lambda: run([BIN / "djlint", "--quiet", "--lint", *templates()], env),
        "storeys": lambda: run([BIN / "lint-imports", "--no-logo"], env),
        "types": lambda: run([sys.executable, "-m", "mypy"], env | AS_IN_TESTS),
        "settings for production": lambda: run([*manage, *deploy], env | AS_IN_PRODUCTION),
        "migrations": lambda: run([*manage, "makemigrations", "--check", "--dry-run"], env | AS_IN_TESTS),
    }


def passes(name: str, check: Callable[[], bool]) -> bool:
    print(f"· {name}", flush=True)
    return check()


def run(command: list[str | Path], env: dict[str, str]) -> bool:
    """Quiet when it passes: only what is wrong is worth reading."""
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout, flush=True)
    return done.returncode == 0


def templates() -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in ROOT.glob("*/templates/**/*.html"))


if __name__ == "__main__":
    main()
