"""The project's own Python files as syntax trees, for tests that read the house."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def files(*patterns: str) -> Iterator[Path]:
    """Files of the storeys that match, migrations left out."""
    for storey in settings.STOREYS:
        for pattern in patterns:
            yield from (path for path in (ROOT / storey).glob(pattern) if "migrations" not in path.parts)


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree; each node knows its parent as `.parent`."""
    tree = ast.parse(path.read_text(), filename=str(path))
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]  # ours
    return tree


def chain_after(node: ast.Attribute) -> list[str]:
    """The names called or read on `node`, outwards: `X.objects.a(…).b` from `X.objects` gives ["a", "b"]."""
    names = []
    while True:
        parent = node.parent  # type: ignore[attr-defined]  # set by tree_of
        if isinstance(parent, ast.Attribute):
            names.append(parent.attr)
        elif not (isinstance(parent, ast.Call) and parent.func is node):
            return names
        node = parent


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]  # statements and expressions have it
