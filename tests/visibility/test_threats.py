"""docs/what-could-tell.md names a proof for each way to find out who it was: each is there, and can be run."""

import ast

from tests.house.source import ROOT, tree_of

_DOCUMENT = ROOT / "docs" / "what-could-tell.md"


def _named() -> list[tuple[str, str]]:
    """File and function of each proof that the table names."""
    rows = [line for line in _DOCUMENT.read_text().splitlines() if line.startswith("| ") and "::" in line]
    return [tuple(row.strip("| ").split(" | ")[-1].split("::")) for row in rows]


def test_every_proof_that_is_named_exists() -> None:
    for file, function in _named():
        (path,) = ROOT.glob(f"tests/*/{file}.py")
        names = {node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)}
        assert function in names, (file, function)


def test_every_way_has_a_proof() -> None:
    lines = [line for line in _DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    assert len(lines) - 2 == len(_named()) > 20  # but for the heading and the line under it
