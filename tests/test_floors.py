"""The house has floors: a module imports only from its own floor and from those below it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    ("languages",),
    ("bundled", "files"),
    ("configuration",),
    ("vocabulary",),
    ("language", "engines"),
    ("judging",),
    ("search", "showing", "assignment"),
    ("grading",),
    ("api",),
    ("pytest_plugin", "cli"),
)
"""From the ground up; rooms on one floor do not know each other."""
HEIGHT = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
SOURCES = sorted(
    path for package in ("harness", "minigrad") for path in (ROOT / package).rglob("*.py")
)
WORKER = ["harness.vocabulary.program", "harness.engines.trace", "harness.grading.worker"]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # minigrad is loaded under more than one name, and so imports from itself relatively.
            own = path.is_relative_to(ROOT / "minigrad") and node.level == 1
            assert node.level == 0 or own, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor(module: str) -> str | None:
    parts = module.replace("harness.__main__", "harness.cli").split(".")
    return parts[1] if parts[0] == "harness" and len(parts) > 1 else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_nothing_from_above(path: Path) -> None:
    own = floor(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for module in imports(path):
        other = floor(module)
        if own in HEIGHT and other in HEIGHT and own != other:
            assert HEIGHT[other] < HEIGHT[own], f"{path} imports {module}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_harness_and_minigrad_do_not_know_each_other(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    other = {"harness": "minigrad", "minigrad": "harness"}[package]
    assert not any(module.split(".")[0] == other for module in imports(path))


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in SOURCES}
    # What a package offers by itself (its __init__) it imports when that is asked for.
    needs = {name: set(imports(path)) & names.keys() for name, path in names.items()}
    while free := [name for name in needs if not needs[name] & needs.keys()]:
        for name in free:
            del needs[name]
    assert not needs


def test_torch_is_imported_in_one_place_alone() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if any(module.split(".")[0] == "torch" for module in imports(path))
    }
    peer = "harness/engines/peers/torch_.py"  # torch through the door of any engine
    assert users == {"harness/engines/reference.py", peer}


def loaded_by(*modules: str) -> set[str]:
    """All that importing ``modules`` in a new process brings in."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def packages_of(*modules: str) -> set[str]:
    """The top-level packages, Python's own left out, that importing ``modules`` brings in."""
    names = {name.partition(".")[0] for name in loaded_by(*modules)}
    return names - set(sys.stdlib_module_names) - {"__main__"}


def third_party(names: set[str]) -> set[str]:
    return {name for name in names if not name.startswith(("_", "sitecustomize"))}


def test_minigrad_needs_numpy_alone() -> None:
    assert third_party(packages_of("minigrad")) - {"mpl_toolkits"} == {"minigrad", "numpy"}


def test_what_the_worker_loads_needs_numpy_alone() -> None:
    assert third_party(packages_of(*WORKER)) - {"mpl_toolkits"} == {"harness", "numpy"}


def test_no_formula_is_where_a_submission_runs() -> None:
    loaded = {name for name in loaded_by("harness.grading.worker") if name.startswith("harness.")}
    vocabulary = {name for name in loaded if name.startswith("harness.vocabulary.")}
    known: tuple[str, ...] = (
        "program",
        "operation",
        "signatures",
        "bound",
        "aliases",
        "shapes",
        "native",
        "examples",
        "spelling",
    )
    known += ("axes", "indexing", "pieces", "sliding")
    assert vocabulary <= {f"harness.vocabulary.{name}" for name in known}
    above = ("harness.language.", "harness.judging.", "harness.api.", "harness.engines.session.")
    assert not any(f"{name}.".startswith(above) for name in loaded)


def test_the_plugin_starts_without_torch() -> None:
    assert "torch" not in packages_of("harness.pytest_plugin")


@pytest.mark.parametrize("module", ["harness.pytest_plugin", "harness.cli"])
def test_judging_needs_nothing_that_only_pictures_need(module: str) -> None:
    assert not packages_of(module) & {
        "fast_sugiyama",
        "fontTools",
        "latex2mathml",
        "resvg_py",
        "rich",
    }
