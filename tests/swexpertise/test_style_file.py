"""The looks of the site reach a page as one small file, and nothing in them asks another host."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders

from swexpertise.static_bundle import NAME, joined, parts

STATIC = Path(__file__).parents[2] / "swexpertise" / "static" / "swexpertise"


def test_the_style_file_holds_every_part_with_the_colours_first_and_print_last() -> None:
    stems = [path.stem for path in parts()]
    assert stems[:2] == ["tokens", "base"]
    assert stems[-1] == "print"
    assert set(stems) == {"tokens", *(path.stem for path in (STATIC / "css" / "parts").glob("*.css"))}


def test_finding_and_collecting_give_the_same_joined_file() -> None:
    found = finders.find(NAME)
    assert found and Path(found).read_text(encoding="utf-8") == joined()
    collected = {path: storage for finder in finders.get_finders() for path, storage in finder.list(None)}
    assert Path(collected[NAME].path(NAME)).read_text(encoding="utf-8") == joined()


def test_another_file_of_that_name_is_not_invented() -> None:
    assert finders.find("swexpertise/css/nothing.css") is None


def test_styles_and_scripts_together_stay_under_60_kb_compressed_and_ask_no_other_host() -> None:
    """S14. No web font, no third party."""
    texts = [joined(), *(path.read_text(encoding="utf-8") for path in (STATIC / "js").glob("*.js"))]
    assert len(gzip.compress("".join(texts).encode())) < 60_000
    for text in texts:
        assert not re.search(r"https?:|@import|@font-face|url\(", text)
