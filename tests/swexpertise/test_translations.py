"""Dutch comes first: every string of every app has its Dutch words, and the same English never has two of them."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

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


CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
OURS = sorted({path.parts[-5] for path in FILES})


def said_in(source: str) -> Iterator[tuple[str | None, str]]:
    """Context and words of each call in Python that asks for a translation of words that stand there."""
    for call in ast.walk(ast.parse(source)):
        name = getattr(call.func, "id", getattr(call.func, "attr", "")) if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and name in CALLS:
            words = [word.value for word in call.args if isinstance(word, ast.Constant)]
            if words and all(isinstance(word, str) for word in words):
                yield (str(words[0]), str(words[1])) if "pgettext" in name else (None, str(words[0]))


def as_python(template: str) -> str:
    """What Django's own extraction of `template` gives, a call a line."""
    text, lines = templatize(template), []
    for found in re.finditer(r"\b(?:gettext|ngettext|pgettext|npgettext|_)\(", text):
        ends = (end.end() for end in re.finditer(r"\)", text[found.start() :]))
        lines += [part for part in (text[found.start() : found.start() + end] for end in ends) if parses(part)][:1]
    return "\n".join(lines)


def parses(source: str) -> bool:
    try:
        ast.parse(source, mode="eval")
    except SyntaxError:
        return False
    return True


def test_whatever_a_page_or_its_code_says_has_its_dutch() -> None:
    """A string that nobody put in a catalogue, or that got lost in joining two, is shown in English without a word."""
    known = {(entry.msgctxt, entry.msgid) for path in FILES for entry in polib.pofile(str(path))}
    missing: dict[tuple[str | None, str], str] = {}
    for app in OURS:
        sources = {path: as_python(path.read_text()) for path in (ROOT / app).glob("templates/**/*.html")}
        sources |= {path: as_python(path.read_text()) for path in (ROOT / app).glob("templates/**/*.txt")}
        sources |= {p: p.read_text() for p in (ROOT / app).glob("**/*.py") if "migrations" not in p.parts}
        for path, source in sources.items():
            missing |= {key: str(path.relative_to(ROOT)) for key in said_in(source) if key not in known}
    assert missing == {}


def put_together_too_early(tree: ast.AST) -> Iterator[int]:
    """Lines where words are filled in while a module is loaded: in the language of nobody, for everybody."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        filled = node.left if isinstance(node, ast.BinOp) else getattr(node, "value", None)
        is_filled = isinstance(node, ast.BinOp | ast.FormattedValue | ast.Attribute)
        if is_filled and isinstance(filled, ast.Call) and getattr(filled.func, "id", "") in CALLS:
            yield filled.lineno
        yield from put_together_too_early(node)


def test_words_are_filled_in_for_whoever_reads() -> None:
    early = {
        str(path.relative_to(ROOT)): lines
        for app in OURS
        for path in (ROOT / app).glob("**/*.py")
        if "migrations" not in path.parts and (lines := list(put_together_too_early(ast.parse(path.read_text()))))
    }
    assert early == {}


def test_the_search_for_it_finds_it() -> None:
    source = """A = _("%(n)d left") % {"n": 3}
class Form:
    b = _("{n}").format(n=3)
    def c(self): return _("%d") % 3
"""
    assert list(put_together_too_early(ast.parse(source))) == [1, 3]
