"""The cases of this repository, each with torch's numbers: worked out once in a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from harness.engines import reference
from harness.engines.trace import Trace
from harness.language.case import Case, load

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "cases"
PATHS = sorted(CASES.rglob("*.yaml"))
DEEP = 300
"""A case of more steps takes long, and says nothing more about a rule."""


def name_of(path: Path) -> str:
    """A case's path as it is told, such as ``cases/scalars/add.yaml``."""
    return path.relative_to(ROOT).as_posix()


@cache
def case_at(path: Path) -> Case:
    """The case in a file of the repository."""
    return load(path, name_of(path), CASES)


@cache
def suite() -> list[tuple[Case, Trace]]:
    """Every case with its truth."""
    cases = [case_at(path) for path in PATHS]
    return [(case, reference.evaluate(case.program)) for case in cases]


@cache
def short() -> list[tuple[Case, Trace]]:
    """Every case with its truth, but for the deep ones."""
    cases = [case for path in PATHS if len((case := case_at(path)).program.steps) <= DEEP]
    return [(case, reference.evaluate(case.program)) for case in cases]
