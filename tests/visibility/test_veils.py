"""Whatever reads who stands behind an anonymous name stands here with its reason; all else fails the build (D12)."""

import ast
import re

from tests.house.source import ROOT, files, tree_of

# `experts.veils` is the door, and what it says leaves none of these.
MAY_ASK = {
    "discussions/permissions.py": "what one may do with one's own words",
    "notifications/actions/notices.py": "whoever asked is told what was decided about it",
    "notifications/actions/events.py": "answers reach whoever asked; nobody is told of what they wrote",
}
# The rows themselves: in the words of queries (`veil__user`), and where they are made.
MAY_READ = {
    "experts/models/__init__.py": "names the model",
    "experts/models/name.py": "the anonymous names of the viewer themselves",
    "experts/models/veil.py": "is the model",
    "experts/veils.py": "is the door",
    "experts/actions/names.py": "makes one, and counts the viewer's own of a day",
    "discussions/actions/threads.py": "asks for one to be made",
    "discussions/models/thread.py": "the name that the viewer used in a thread; fetches what permissions ask",
    "discussions/models/post.py": "what the viewer wrote themselves; fetches what permissions ask",
    "discussions/models/decision.py": "what was decided about the viewer's own words, for the viewer",
    "discussions/models/report.py": "nobody finds what was reported about themselves",
    "discussions/models/appeal.py": "the viewer's own, for the viewer; nobody judges their own",
    "discussions/voices.py": "the viewer's own name in a thread, to propose it to the viewer",
    "notifications/actions/replies.py": "fetches what permissions ask, of whoever answers by mail",
    "notifications/views/replies.py": "fetches what permissions ask, of whoever answered by mail",
    "notifications/feeds.py": "fetches what permissions ask, of whoever's feed it is",
    "discussions/views/polls.py": "fetches what permissions ask",
    "discussions/views/coordination.py": "fetches what permissions ask: nobody puts back their own",
    "discussions/moderating.py": "fetches what permissions ask: nobody puts back their own",
}


def _named(path) -> set[str]:
    """What a file calls things by: names, attributes, keywords, and words of look-ups in strings."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found |= set(node.arg.split("__"))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            found |= set(node.value.split("__"))
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names}
    return found


def _files_that_name(*words: str) -> set[str]:
    return {str(path.relative_to(ROOT)) for path in files("**/*.py") if _named(path) & set(words)}


def test_only_these_ask_who_stands_behind_a_name() -> None:
    asking = _files_that_name("account_behind", "accounts_behind", "is_behind") - {"experts/veils.py"}
    assert asking <= set(MAY_ASK), asking - set(MAY_ASK)


def test_only_these_read_a_veil() -> None:
    reading = _files_that_name("Veil", "veil", "veils", "veiling")
    assert reading <= set(MAY_READ), reading - set(MAY_READ)


def test_the_walk_finds_what_it_looks_for() -> None:
    """A proof that cannot fail proves nothing."""
    assert "discussions/permissions.py" in _files_that_name("is_behind")
    assert {"experts/veils.py", "discussions/models/post.py"} <= _files_that_name("veil")


def test_no_template_and_no_mail_names_a_veil_or_a_holder() -> None:
    texts = [path for path in files("templates/**/*") if path.suffix in (".html", ".txt")]
    named = re.compile(r"\.(veil|holder)")
    assert texts and not [path for path in texts if named.search(path.read_text())]
