"""The room's layers go one way: no two modules need each other, not even for their types."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from harness.engines.engine import is_general
from harness.engines.loading import load

ROOT = Path(__file__).resolve().parents[2]


def modules() -> dict[str, Path]:
    """The modules of the room by their names."""
    found = {}
    for path in (ROOT / "harness/engines").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


def imported(path: Path, known: set[str]) -> set[str]:
    """The room's modules that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names & known - {"harness.engines"}


def test_imports_go_one_way() -> None:
    known = modules()
    TopologicalSorter({name: imported(path, set(known)) for name, path in known.items()}).prepare()


def test_an_adapter_is_told_from_what_adapters_are_made_of() -> None:
    assert is_general(type(load("minigrad")))
    assert not is_general(type(load("peer:micrograd")))
