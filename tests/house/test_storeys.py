"""The storeys are written three times for three readers; they say the same."""

import subprocess
import sys
import tomllib
from pathlib import Path

from django.conf import settings

CONTRACT = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]


def test_the_apps_stand_in_the_order_of_the_import_contract() -> None:
    (layers,) = [contract["layers"] for contract in CONTRACT["contracts"] if contract["type"] == "layers"]
    assert settings.STOREYS == layers == CONTRACT["root_packages"]
    assert settings.INSTALLED_APPS[: len(layers)] == layers


def test_each_storey_is_a_package_at_the_top_level() -> None:
    packages = {path.parent.name for path in Path(settings.BASE_DIR).glob("*/__init__.py")}
    assert packages - {"tests"} == set(settings.STOREYS)


def test_no_app_imports_what_stands_above_it() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
