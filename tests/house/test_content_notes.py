"""Whoever gives out a part of a post's text asks the one rule of content notes (N13)."""

import ast
import re

from tests.house.source import ROOT, files, tree_of, where

# Where the plain text itself is read, with the reason why that is as strict as `Post.excerpt`.
AS_STRICT = {
    "discussions/models/post.py": "the rule itself",
    "discussions/actions/posts.py": "writes it, and moves it to a revision",
    "discussions/actions/imports.py": "writes it",
    "discussions/bulk.py": "writes it",
    "notifications/actions/replies.py": "compares what came by mail with what was sent; shows nothing",
    "search/texts.py": "puts it in the index, whose excerpts ask the rule (search/answers.py)",
}
# The plain text of something else; a post's is called so where it is read.
POSTS = {"post", "opening", "parent", "reply", "told", "bookmark", "answer"}


def test_a_part_of_a_text_is_given_by_its_excerpt() -> None:
    """N13, D3. Attributes in Python and in templates, and the column asked for by name."""
    read = [
        where(path, node)
        for path in files("**/*.py")
        if str(path.relative_to(ROOT)) not in AS_STRICT
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and node.attr == "plain"
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr) in POSTS
    ]
    shown = [
        str(path.relative_to(ROOT))
        for path in files("templates/**/*.html", "templates/**/*.txt")
        if re.search(r"(?:" + "|".join(POSTS) + r")\.(?:plain|source)\b", path.read_text())
    ]
    assert not read + shown


def test_the_walk_finds_what_it_looks_for() -> None:
    """A proof that cannot fail proves nothing."""
    for path in AS_STRICT:
        assert re.search(r"\bplain\b", (ROOT / path).read_text()), path
