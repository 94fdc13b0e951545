"""Compiled translations without gettext on the machine: each `.po` in the checkout gets its `.mo` when it is newer."""

import os
from pathlib import Path

import polib


def compile_all(root: Path) -> list[Path]:
    """Compile what is out of date, whole or not at all; returns what was written."""
    written = []
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/django*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        new = target.with_name(f"{target.name}.{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(new))
        new.rename(target)
        written.append(target)
    return written
