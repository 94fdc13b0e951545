"""The content that comes with the platform, as it lies in `content/`: YAML, and Markdown with YAML above it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SHELF = Path(__file__).parent / "content"
OF_THE_SHELF = uuid.UUID("5d0a0a53-8f5c-4c2b-9d62-5b1d3c6e7f10")


def key_of(name: str) -> uuid.UUID:
    """The translation key of what is loaded under this name: the same in every house, so that addresses hold."""
    return uuid.uuid5(OF_THE_SHELF, name)


@dataclass(frozen=True)
class Article:
    """One article in one language. `pair` is the same for its twin."""

    pair: str
    language: str
    about: dict[str, Any]
    text: str

    @property
    def slug(self) -> str:
        return str(self.about["slug"])


def read(name: str) -> Any:
    return _load((SHELF / f"{name}.yaml").read_text("utf-8"))


def articles() -> list[Article]:
    """All, Dutch first. A twin names the slug of its original, or shares its file name."""
    found = []
    for path in sorted((SHELF / "knowledge").glob("*.md")):
        stem, language = path.stem.rsplit(".", 1)
        match = re.match(r"\A---\n(.*?)\n---\n(.*)\Z", path.read_text("utf-8"), re.DOTALL)
        if match is None:
            raise ValueError(f"{path.name} doesn't begin with YAML between lines of ---")
        found.append(Article(stem, language, _load(match[1]), match[2].strip()))
    originals = {article.slug: article.pair for article in found if "translation_of" not in article.about}
    paired = [
        Article(originals.get(str(a.about.get("translation_of", "")), a.pair), a.language, a.about, a.text)
        for a in found
    ]
    return sorted(paired, key=lambda article: (article.language != "nl", article.pair))


def _load(text: str) -> Any:
    return yaml.load(text, Loader=_Dates)  # noqa: S506  a SafeLoader that leaves dates alone


class _Dates(yaml.SafeLoader):
    """Dates stay text: 2015-02 is as good a date as 2015-02-13."""


_Dates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
