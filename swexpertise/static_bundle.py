"""`swexpertise/css/site.css`: every style file of the site joined into one, so that a page asks for its looks once.

The sources stay one file per component. Development, tests and `collectstatic` get the joined file from this finder.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "swexpertise/css/site.css"
SOURCES = Path(__file__).parent / "static" / "swexpertise" / "css"
BEFORE = ("tokens", "base", "typography", "page")  # what the components lean on
AFTER = ("print",)  # what overrules them


def parts() -> list[Path]:
    """The style files in the order in which they count."""

    def place(path: Path) -> tuple[int, str]:
        if path.stem in BEFORE:
            return BEFORE.index(path.stem) - len(BEFORE), ""
        return int(path.stem in AFTER), path.stem

    return sorted([SOURCES / "tokens.css", *(SOURCES / "parts").glob("*.css")], key=place)


def joined() -> str:
    return "\n".join(path.read_text(encoding="utf-8").strip() for path in parts()) + "\n"


class BundleFinder(BaseFinder):
    """Writes the joined file to `var/bundle/` when somebody asks for it, and offers it like any other static file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.VAR_DIR / "bundle")

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        return [self._write()] if find_all else self._write()

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        self._write()
        yield NAME, self.storage

    def _write(self) -> str:
        target = Path(self.storage.path(NAME))
        text = joined()
        if target.exists() and target.read_text(encoding="utf-8") == text:
            return str(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{target.name}.{os.getpid()}.{threading.get_ident()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)  # nobody ever reads half a file
        return str(target)
