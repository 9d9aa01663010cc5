"""The cases of this repository, each with torch's numbers: worked out once in a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

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


def _judged(case: Case) -> tuple[Case, Trace]:
    from harness.engines import reference  # not every test that imports this module has torch

    return case, reference.evaluate(case.program)


@cache
def suite() -> list[tuple[Case, Trace]]:
    """Every case with its truth."""
    return [_judged(case_at(path)) for path in PATHS]


@cache
def short() -> list[tuple[Case, Trace]]:
    """Every case with its truth, but for the deep ones."""
    cases = [case for path in PATHS if len((case := case_at(path)).program.steps) <= DEEP]
    return [_judged(case) for case in cases]
