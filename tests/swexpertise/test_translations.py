"""Dutch comes first: every string of every app has its Dutch words, and the same English never has two of them."""

from collections import defaultdict
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("*/locale/nl/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-5])
def test_every_string_is_said_in_dutch_once(path: Path) -> None:
    entries = polib.pofile(str(path))
    assert [entry.msgid for entry in entries if not entry.translated()] == []
    keys = [(entry.msgctxt, entry.msgid) for entry in entries]
    assert sorted({key[1] for key in keys if keys.count(key) > 1}) == []


def test_no_two_apps_say_one_string_differently() -> None:
    """Django joins the catalogues: the app that stands higher would change the words of the page below."""
    said: dict[tuple[str | None, str], dict[str, str]] = defaultdict(dict)
    for path in FILES:
        for entry in polib.pofile(str(path)):
            said[entry.msgctxt, entry.msgid][path.parts[-5]] = entry.msgstr or str(entry.msgstr_plural)
    assert {key[1]: words for key, words in said.items() if len(set(words.values())) > 1} == {}
